// The hands of a population: carries actions out through the public wire, and notes every write that was
// acknowledged.
//
// A socket belongs to one user at a time. So a list of actions is dealt out by user, and a fixed number of
// sockets takes the users in turn, with several requests of a user in flight.

import type { TweetId, UserId } from '../../protocol/ids.ts'
import { CallFailure, Client } from '../client/client.ts'
import { OperatorClient, type OperatorDoor } from '../client/operator.ts'
import { uploadPicture } from '../client/pictures.ts'
import { httpOrigin } from '../client/socket.ts'
import type { StateRecord } from '../oracle/oracle.ts'
import { World } from '../oracle/oracle.ts'
import type { StateSink } from '../oracle/state.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import { type Act, type Hands, unless } from './act.ts'
import type { Action, ActionOf, FeatureAction } from './actions.ts'
import { featureActs } from './feature-acts.ts'
import type { Heard } from './listeners.ts'

export type PerformerOptions = {
  readonly url: string
  /** How many users act at a time. */
  readonly sockets: number
  /** Requests in flight on a socket. */
  readonly inFlight: number
  readonly sink: StateSink
  /** Credits advertisers and suspends accounts; without one, nobody does. */
  readonly operator?: OperatorDoor | undefined
  /** Called for each write that has ended, well or not. */
  readonly onDone: () => void
}

/** What became of the writes of a run. */
export type Performed = {
  readonly world: World
  /** Acknowledged writes by kind. */
  readonly acknowledged: Map<string, number>
  /** Writes that failed, by what went wrong. */
  readonly failed: Map<string, number>
  /** What some were pushed meanwhile; undefined where nobody listened. */
  readonly heard?: Heard | undefined
}

/** Retries of one write: enough to outlast a restart of the server. */
export const retriesMax = 20

export class Performer implements Performed {
  readonly world = new World()
  readonly acknowledged = new Map<string, number>()
  readonly failed = new Map<string, number>()
  /** Undefined where nobody has said where operators are let in. */
  readonly operator: OperatorClient | undefined
  readonly #options: PerformerOptions

  constructor(options: PerformerOptions) {
    this.#options = options
    const { operator } = options
    this.operator = operator === undefined ? undefined : new OperatorClient(operator)
  }

  /** Carries out all of them in any order. Those who act have to be in the world, with their tokens. */
  async perform(actions: readonly Action[]): Promise<void> {
    const { url, sockets, inFlight } = this.#options
    const byUser = Map.groupBy(actions, (action) => action.userId)
    await forEachBounded(byUser, sockets, async ([userId, own]) => {
      const { token } = this.world.user(userId)
      const opened = await Client.open({ url, token, retriesMax, inFlightMax: inFlight })
      await closing(opened, (client) =>
        forEachBounded(own, inFlight, (action) => this.#act(client, action)),
      )
    })
  }

  /** Takes in what a server has acknowledged. */
  note(record: StateRecord): void {
    this.world.apply(record)
    this.#options.sink.add(record)
  }

  /** Counts a write that was acknowledged. */
  ended(kind: string): void {
    this.acknowledged.set(kind, (this.acknowledged.get(kind) ?? 0) + 1)
    this.#options.onDone()
  }

  async #act(client: Client, action: Action): Promise<void> {
    const { kind, userId } = action
    const { world, operator } = this
    const hands: Hands = { client, world, operator, upload: this.#upload }
    try {
      const acknowledged = await performers[kind](hands, action as never)
      for (const record of [acknowledged ?? []].flat()) this.note(record)
      this.ended(kind)
    } catch (error) {
      if (error instanceof Surprise) {
        this.#failed(error.message)
        return
      }
      if (!(error instanceof CallFailure)) throw error
      // A deletion that had to be repeated finds its tweet gone: the first sending took effect.
      if (kind === 'delete' && error.body.code === 'not_found' && error.attempts > 1) {
        this.note({ type: 'delete', tweetId: action.tweetId })
        this.ended(kind)
        return
      }
      if (error.body.retry !== 'never') this.note({ type: 'unsure', kind, userId })
      this.#failed(`${kind}: ${error.body.code}: ${error.body.message}`)
    }
  }

  #failed(what: string): void {
    this.failed.set(what, (this.failed.get(what) ?? 0) + 1)
    this.#options.onDone()
  }

  readonly #upload = (picture: number, userId: number): Promise<string> => {
    const { token } = this.world.user(userId)
    return uploadPicture(picture, { origin: httpOrigin(this.#options.url), token })
  }
}

/** An answer that cannot be right. */
class Surprise extends Error {
  override readonly name = 'Surprise'
}

/** Whoever is protected is asked, everybody else is followed at once. */
async function follow(
  { client, world }: Hands,
  action: ActionOf<'follow'>,
): Promise<StateRecord | undefined> {
  const { userId, followeeId, isRaced } = action
  const call = client.call('user.follow', { userId: followeeId as UserId })
  const answer = await unless('blocked', call, action)
  if (answer === undefined) return undefined
  const isAsked = answer.user.viewer?.requested === true
  const isKnown = world.user(userId).follows.has(followeeId)
  const mustAsk = world.protectedUsers.has(followeeId) && !isKnown
  if (isAsked !== mustAsk && isRaced !== true) {
    throw new Surprise(mustAsk ? 'follow: nobody was asked' : 'follow: somebody was asked')
  }
  return { type: isAsked ? 'ask' : 'follow', userId, followeeId }
}

/** How each kind of action is said to a server, and what its acknowledgement means. */
const performers: {
  readonly [K in Exclude<Action['kind'], FeatureAction['kind']>]: Act<ActionOf<K>>
} & typeof featureActs = {
  ...featureActs,
  post: async ({ client }, { text }) => {
    const { tweet } = await client.call('tweet.post', { text })
    const { id, authorId, createdAt } = tweet
    // The text as it was sent: verify finds out where the server keeps another one.
    return { type: 'tweet', id, authorId, text, createdAt }
  },
  follow,
  unfollow: async ({ client }, { userId, followeeId }) => {
    await client.call('user.unfollow', { userId: followeeId as UserId })
    return { type: 'unfollow', userId, followeeId }
  },
  favorite: async ({ client }, { userId, tweetId }) => {
    await client.call('tweet.favorite', { tweetId: tweetId as TweetId })
    return { type: 'favorite', userId, tweetId }
  },
  unfavorite: async ({ client }, { userId, tweetId }) => {
    await client.call('tweet.unfavorite', { tweetId: tweetId as TweetId })
    return { type: 'unfavorite', userId, tweetId }
  },
  delete: async ({ client }, { tweetId }) => {
    await client.call('tweet.delete', { tweetId: tweetId as TweetId })
    return { type: 'delete', tweetId }
  },
}
