// Reads everything back through the public interface, as each of the users who have a token, and compares
// it with the oracle.
//
// Timelines and counters follow a write within a moment, not at once. So a user whose pages
// differ is read again until they agree; from the first difference on, all users together have 10
// seconds. What is still different then is wrong.

import { setTimeout as delay } from 'node:timers/promises'
import type { UserId } from '../../protocol/ids.ts'
import { pageLimitMax, timelineLengthMax } from '../../protocol/limits.ts'
import { CallFailure, Client } from '../client/client.ts'
import { nobody } from '../oracle/known.ts'
import type { KnownUser, World } from '../oracle/oracle.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import type { Difference, DifferenceKind, Differences, Page } from './compare.ts'
import { compareTweets, compareUser, noDifferences } from './compare.ts'
import { featureDifferences, strangerDifferences } from './feature-verifier.ts'
import { withPromoted } from './promotion-verifier.ts'

export type Verification = {
  readonly users: number
  /** Users with at least one difference of this kind. */
  readonly wrong: Differences
  /** The first differences, a line each. */
  readonly examples: readonly string[]
  /** Tweets that were compared, of all pages. */
  readonly tweetsRead: number
  /** Users that had to be read more than once, and how long it took from the first of them. */
  readonly settledUsers: number
  readonly settledMs: number
}

export type VerifyOptions = {
  readonly world: World
  readonly url: string
  readonly sockets: number
  readonly onUser: () => void
  /** How long differences may last; `settleMsMax` unless said otherwise. */
  readonly settleMs?: number
}

export const settleMsMax = 10_000
const settlePauseMs = 200
const examplesMax = 20
const examplesPerUserMax = 3
const retriesMax = 20

type Cursor = number | undefined

/** Those as whom the server is read. */
export function readersOf(world: World): KnownUser[] {
  return [...world.users.values()].filter(({ id, token }) => token !== '' && !world.isAway(id))
}

/** Throws CallFailure where the server cannot be reached. */
export async function verifyWorld(options: VerifyOptions): Promise<Verification> {
  return await new Verifier(options).run()
}

class Verifier {
  readonly #options: VerifyOptions
  readonly #wrong: Record<DifferenceKind, number> = { ...noDifferences }
  readonly #examples: string[] = []
  #tweetsRead = 0
  #settledUsers = 0
  #settledMs = 0
  #firstDifferenceMs: number | undefined

  constructor(options: VerifyOptions) {
    this.#options = options
  }

  async run(): Promise<Verification> {
    const { world, sockets, onUser, url } = this.#options
    // A server that cannot be reached at all is told once, not for every user.
    await closing(await Client.open({ url, retriesMax }), async () => undefined)
    if (world.hasFeatures) this.#note(nobody, await this.#settled(nobody))
    const readers = readersOf(world)
    await forEachBounded(readers, sockets, async (user) => {
      this.#note(user, await this.#settled(user))
      onUser()
    })
    return {
      users: readers.length,
      wrong: this.#wrong,
      examples: this.#examples,
      tweetsRead: this.#tweetsRead,
      settledUsers: this.#settledUsers,
      settledMs: this.#settledMs,
    }
  }

  #note(user: KnownUser, differences: readonly Difference[]): void {
    for (const kind of new Set(differences.map((difference) => difference.kind))) {
      this.#wrong[kind]++
    }
    for (const { kind, what } of differences.slice(0, examplesPerUserMax)) {
      if (this.#examples.length === examplesMax) return
      this.#examples.push(`@${user.handle} (${user.id}), ${kind}: ${what}`)
    }
  }

  /** What is different when the time to settle is over; mostly nothing, at the first reading. */
  async #settled(user: KnownUser): Promise<Difference[]> {
    for (let readings = 1; ; readings++) {
      const differences = await this.#differences(user)
      const nowMs = performance.now()
      if (differences.length === 0) {
        if (readings > 1) {
          this.#settledUsers++
          this.#settledMs = nowMs - this.#firstDifferenceMs!
        }
        return differences
      }
      this.#firstDifferenceMs ??= nowMs
      const { settleMs = settleMsMax } = this.#options
      if (nowMs - this.#firstDifferenceMs > settleMs) return differences
      await delay(settlePauseMs)
    }
  }

  async #differences(user: KnownUser): Promise<Difference[]> {
    const { url } = this.#options
    try {
      const token = user === nobody ? {} : { token: user.token }
      const opened = await Client.open({ url, ...token, retriesMax })
      return await closing(opened, (client) => this.#differencesThrough(client, user))
    } catch (error) {
      if (!(error instanceof CallFailure)) throw error
      const { code, message } = error.body
      return [{ kind: 'timeline', what: `cannot be read: ${code}: ${message}` }]
    }
  }

  async #differencesThrough(client: Client, user: KnownUser): Promise<Difference[]> {
    const { world } = this.#options
    if (user === nobody) return [...(await strangerDifferences({ client, world }))]
    const id = user.id as UserId
    const expected = { home: world.home(user.id), profile: world.profile(user.id) }
    const home = await this.#pages(pageLimitOf(expected.home.length), async (page) =>
      withPromoted(await client.call('timeline.home', page)),
    )
    const profile = await this.#pages(pageLimitMax, (page) =>
      client.call('timeline.user', { userId: id, ...page }),
    )
    // A user is found by id and by handle; about every second one is asked for by handle.
    const isAskedById = (user.followers.size + user.follows.size) % 2 === 0
    const shown = await client.call('user.get', {
      user: isAskedById ? { id } : { handle: user.handle },
    })
    const readerId = user.id
    const features = world.hasFeatures
      ? await featureDifferences({ client, world, reader: user })
      : []
    return [
      ...features,
      ...compareTweets({ pages: home, readerId }, { tweets: expected.home, world }, 'timeline'),
      ...compareTweets(
        { pages: profile, readerId },
        { tweets: expected.profile, world },
        'profile',
      ),
      ...compareUser(shown.user, user, world.counts(user.id)),
    ]
  }

  /** All pages of a list. A list that goes on beyond all bounds is cut, and then differs. */
  async #pages(
    limit: number,
    read: (page: { limit: number; before?: number }) => Promise<Page & { olderCursor?: number }>,
  ): Promise<Page[]> {
    const tweetsMax = timelineLengthMax + this.#options.world.tweets.size
    const pages: Page[] = []
    let tweets = 0
    let before: Cursor
    do {
      const page = await read(before === undefined ? { limit } : { limit, before })
      pages.push(page)
      tweets += page.tweets.length
      before = page.olderCursor
    } while (before !== undefined && tweets <= tweetsMax && pages.length <= tweetsMax)
    this.#tweetsRead += tweets
    return pages
  }
}

/**
 * Two pages at least where there are two tweets: a server that hides an entry which stands in a timeline twice gives a
 * page that is too short, and shows by it only where the list goes on behind it.
 */
function pageLimitOf(tweets: number): number {
  return Math.min(pageLimitMax, Math.max(1, Math.ceil(tweets / 2)))
}
