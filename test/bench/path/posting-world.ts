// The world of the measures of posting: authors with many followers, and users whom nobody follows, on a Rookery for
// each kind of log; and the same in Redis lists.
//
//   author a's followers: users a + 1 + (a·F + i) · step mod (U - 1), i < F
//
// So nobody follows themselves, or anybody twice, and all follow about as many.
// All of the users have read once, so that each has a timeline into which tweets have to be written.

import { closing } from '../../../loadtest/std/closing.ts'
import { eventually } from '../../helpers/eventually.ts'
import { type RedisTimeline, startRedisTimeline } from './baselines.ts'
import type { Contestant, Count, Lane } from './closed-loop.ts'
import { subprotocol } from './home-world.ts'
import type { Sizes } from './measure.ts'
import { postPayload } from './requests.ts'
import { Rookery, type User } from './rookery.ts'
import { openSocketLane } from './socket-lane.ts'

/** A prime: neighbours among the followers of an author are far apart. */
const step = 7_919
const deliveredWithinMs = 60_000
/** Followers whose whole page is compared with what their authors wrote. */
const checkedFollowers = 3
const checkedTweets = 100

type Place = { readonly rookery: Rookery; readonly users: readonly User[] }

export class PostingWorld implements AsyncDisposable {
  readonly places: readonly Place[]
  readonly redisTimeline: RedisTimeline
  readonly #sizes: Sizes
  readonly #followeesOf: readonly (readonly number[])[]

  private constructor(own: {
    places: readonly Place[]
    redisTimeline: RedisTimeline
    sizes: Sizes
    followeesOf: readonly (readonly number[])[]
  }) {
    this.places = own.places
    this.redisTimeline = own.redisTimeline
    this.#sizes = own.sizes
    this.#followeesOf = own.followeesOf
  }

  static async make(sizes: Sizes): Promise<PostingWorld> {
    const { followersOf, followeesOf } = graphOf(sizes)
    const places: Place[] = []
    try {
      for (const log of sizes.logs) {
        const rookery = await Rookery.start({ log, shards: sizes.shards })
        places.push({ rookery, users: [] })
        const users = await rookery.populate(sizes.users, (user) => followeesOf[user]!)
        places[places.length - 1] = { rookery, users }
        await rookery.readAll(users)
      }
      const redisTimeline = await startRedisTimeline({ followers: followersOf })
      return new PostingWorld({ places, redisTimeline, sizes, followeesOf })
    } catch (error) {
      for (const { rookery } of places) await rookery[Symbol.asyncDispose]()
      throw error
    }
  }

  /** Authors post to all their followers: a round ends when the last tweet is in the last timeline. */
  withFollowers(): readonly Contestant[] {
    const authors = this.#numbers(0, this.#sizes.authors)
    const rookeries = this.places.map((place): Contestant => {
      let before = 0
      let posts: Count | undefined
      return {
        ...this.#rookeryPosting(place, { posters: authors, inFlight: 1 }),
        openLanes: async (count) => {
          before = await place.rookery.deliveryCount()
          posts = count
          return await this.#openLanes(place, { posters: authors, inFlight: 1, count })
        },
        settle: async () => {
          // An author reads their own tweets too.
          const expected = posts!.answered * (this.#sizes.followers + 1)
          const delivered = async () => (await place.rookery.deliveryCount()) - before >= expected
          await eventually(delivered, {
            withinMs: deliveredWithinMs,
            elseDump: async () => ({
              expected,
              seen: (await place.rookery.deliveryCount()) - before,
            }),
          })
        },
      }
    })
    const lists = {
      ...this.#listPosting({ posters: authors, inFlight: 1 }),
      settle: async () => undefined,
    }
    return [...rookeries, lists]
  }

  /** Users without followers post. */
  withoutFollowers(): readonly Contestant[] {
    const { authors, sockets, inFlight } = this.#sizes
    const posting = { posters: this.#numbers(authors, sockets), inFlight }
    return [
      ...this.places.map((place) => this.#rookeryPosting(place, posting)),
      this.#listPosting(posting),
    ]
  }

  /**
   * Compares the page of some followers, tweet by tweet, with what those whom they follow have written.
   * Throws where they differ.
   */
  async check(): Promise<void> {
    const { authors } = this.#sizes
    for (const { rookery, users } of this.places) {
      for (let follower = authors; follower < authors + checkedFollowers; follower++) {
        await closing(await rookery.client(users[follower]), async (client) => {
          const written: number[] = []
          for (const author of this.#followeesOf[follower]!) {
            const userId = users[author]!.id
            const page = await client.call('timeline.user', {
              userId,
              limit: checkedTweets,
            })
            written.push(...page.tweets.map(({ id }) => id))
          }
          const newest = written.sort((left, right) => right - left).slice(0, checkedTweets)
          const home = await client.call('timeline.home', { limit: checkedTweets })
          const shown = home.tweets.map(({ id }) => id)
          if (newest.length === 0 || shown.join() !== newest.join()) {
            throw new Error(`${rookery.name}: user ${follower} was shown ${shown}, not ${newest}`)
          }
        })
      }
    }
  }

  async [Symbol.asyncDispose](): Promise<void> {
    await this.redisTimeline[Symbol.asyncDispose]()
    for (const { rookery } of this.places) await rookery[Symbol.asyncDispose]()
  }

  #numbers(first: number, count: number): number[] {
    return Array.from({ length: count }, (_, place) => first + place)
  }

  #rookeryPosting(place: Place, posting: Posting): Contestant {
    return {
      server: place.rookery,
      openLanes: (count) => this.#openLanes(place, { ...posting, count }),
    }
  }

  #openLanes(
    { rookery, users }: Place,
    { posters, inFlight, count }: Posting & { readonly count: Count },
  ): Promise<readonly Lane[]> {
    const { port } = rookery
    const lane = {
      port,
      path: '/v1/live',
      subprotocol,
      payload: postPayload(runName),
      batch: 1,
      inFlight,
      count,
    }
    return Promise.all(
      posters.map((user) => openSocketLane({ ...lane, token: users[user]!.token })),
    )
  }

  #listPosting({ posters, inFlight }: Posting): Contestant {
    const { port } = this.redisTimeline
    return {
      server: this.redisTimeline,
      openLanes: (count) => {
        const lane = { port, payload: postPayload(runName), batch: 1, inFlight, count }
        return Promise.all(
          posters.map((user) => openSocketLane({ ...lane, path: `/live?user=${user}` })),
        )
      },
    }
  }
}

type Posting = { readonly posters: readonly number[]; readonly inFlight: number }

const runName = Date.now().toString(36)

/** Users beyond the authors, as many as sockets, post to nobody. */
function graphOf({ users, authors, followers, sockets }: Sizes) {
  if ((users - 1) % step === 0 || followers >= users || authors + sockets > users) {
    throw new RangeError('there must be more users than followers of each author, and than authors')
  }
  const followersOf: number[][] = Array.from({ length: authors + sockets }, () => [])
  const followeesOf: number[][] = Array.from({ length: users }, () => [])
  for (let author = 0; author < authors; author++) {
    for (let place = 0; place < followers; place++) {
      const distance = 1 + (((author * followers + place) * step) % (users - 1))
      const follower = (author + distance) % users
      followersOf[author]!.push(follower)
      followeesOf[follower]!.push(author)
    }
  }
  return { followersOf, followeesOf }
}
