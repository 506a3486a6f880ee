// Onlookers: read home timelines while others post, follow and delete, and look at each page for what must never be
// there, whatever is under way: a tweet twice, an older one above a newer one, one of somebody whom the reader
// does not follow.
//
// What has to be there already nobody can say while it is on its way; that is what the oracle is for, at the end.

import type { Tweet } from '../../protocol/entities.ts'
import { pageLimitMax } from '../../protocol/limits.ts'
import { Client } from '../client/client.ts'
import type { World } from '../oracle/oracle.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import type { Random } from '../std/random.ts'
import { retriesMax } from './performer.ts'
import type { Action } from './plan.ts'

export type OnlookerOptions = {
  readonly url: string
  readonly world: World
  readonly random: Random
  /** As whom they read. */
  readonly userIds: readonly number[]
  readonly sockets: number
}

/** Differences that are kept. */
const wrongMax = 20

export class Onlookers {
  pagesRead = 0
  wrongPages = 0
  /** What was wrong with the first of them, a line each. */
  readonly examples: string[] = []
  readonly #options: OnlookerOptions

  constructor(options: OnlookerOptions) {
    this.#options = options
  }

  /**
   * Reads on until `work` has ended, as those who follow and unfollow nobody by these actions. Throws CallFailure
   * where a page cannot be read.
   */
  async during(actions: readonly Action[], work: () => Promise<void>): Promise<void> {
    const acting = new Set<number>()
    for (const action of actions) if ('followeeId' in action) acting.add(action.userId)
    const idle = this.#options.userIds.filter((userId) => !acting.has(userId))
    let isOver = idle.length === 0
    const working = work().finally(() => {
      isOver = true
    })
    await Promise.all([working, this.#readOn(idle, () => isOver)])
  }

  async #readOn(idle: readonly number[], isOver: () => boolean): Promise<void> {
    const { url, sockets, random } = this.#options
    await forEachBounded(new Array(sockets).fill(0), sockets, async () => {
      await closing(await Client.open({ url, retriesMax }), async (client) => {
        while (!isOver()) await this.#read(client, random.pick(idle))
      })
    })
  }

  async #read(client: Client, userId: number): Promise<void> {
    const { token, handle, follows } = this.#options.world.user(userId)
    await client.call('session.resume', { token })
    const { tweets } = await client.call('timeline.home', { limit: pageLimitMax })
    this.pagesRead++
    const wrong = wrongOnPage(tweets, { userId, follows })
    if (wrong === undefined) return
    this.wrongPages++
    if (this.examples.length < wrongMax) this.examples.push(`@${handle} (${userId}): ${wrong}`)
  }
}

/** What must not be on a page of this reader; undefined where all is well. */
export function wrongOnPage(
  tweets: readonly Pick<Tweet, 'id' | 'authorId'>[],
  { userId, follows }: { readonly userId: number; readonly follows: ReadonlySet<number> },
): string | undefined {
  for (const [place, { id, authorId }] of tweets.entries()) {
    const above = tweets[place - 1]
    if (above !== undefined && above.id === id) return `${id} stands there twice`
    if (above !== undefined && above.id < id) return `${above.id} stands above ${id}`
    if (authorId !== userId && !follows.has(authorId)) return `${id} is of ${authorId}, a stranger`
  }
  return undefined
}
