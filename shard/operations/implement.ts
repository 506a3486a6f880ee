// What a handler is: the shard's side of one operation.
//
// A write goes through four steps. `decide` reads the state and chooses: an event, a refusal, or
// nothing to do. The shard makes the event durable. `apply` is the only code that changes state; it
// runs alike on the primary, on every other process that follows the log, and at recovery. `answer`
// then writes the result from the state as it now is. A read has one step, `read`.
//
// All of it is pure and synchronous: time, chance and passwords come in with the context, and the one
// wait of a write, for the log, is in ../shard.ts.

import type { ErrorBody } from '../../protocol/errors.ts'
import type { Fields } from '../../protocol/fields.ts'
import type { Partition, TweetId, UserId } from '../../protocol/ids.ts'
import type { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { Event, Operation, Params, RefusalCode } from '../../protocol/operation.ts'
import type { Neighbors } from '../state/graph/adjacency.ts'
import type { ShardState } from '../state/shard-state.ts'

/** The state as `decide`, `answer` and `read` may see it: nothing here changes a fact. */
export type View = {
  readonly users: Omit<ShardState['users'], 'setCard' | 'editCard' | 'index'>
  readonly tweets: Omit<ShardState['tweets'], 'put' | 'delete' | 'forget' | 'intern'>
  readonly authored: Omit<ShardState['authored'], 'insert' | 'remove'>
  readonly repliesTo: Omit<ShardState['repliesTo'], 'insert' | 'remove' | 'clear'>
  readonly retweetsOf: Omit<ShardState['retweetsOf'], 'insert' | 'remove' | 'clear'>
  readonly followers: Neighbors
  readonly followings: Neighbors
  readonly places: Pick<ShardState['places'], 'cellsOf' | 'isWithin' | 'lists'>
  readonly collections: Pick<ShardState['collections'], 'find' | 'owned' | 'followersOf' | 'has'>
  readonly accounts: Pick<
    ShardState['accounts'],
    'passwordHash' | 'contact' | 'session' | 'sessionsOf'
  >
  readonly apps: Pick<ShardState['apps'], 'find' | 'listOf'>
  readonly reports: Pick<ShardState['reports'], 'listOf' | 'newest'>
  readonly actions: Pick<ShardState['actions'], 'newest'>
  readonly promotions: Omit<
    ShardState['promotions'],
    'fund' | 'create' | 'setStatus' | 'end' | 'endAll' | 'tweetLeft' | 'count' | 'forget'
  >
  readonly interests: Pick<ShardState['interests'], 'of'>
  readonly unattachedMedia: Pick<ShardState['unattachedMedia'], 'find' | 'listOf'>
  lastIssuedId(partition: Partition): number
  remembered(partition: Partition): Pick<ReturnType<ShardState['remembered']>, 'resultOf'>
  marks(kind: string): Omit<ReturnType<ShardState['marks']>, 'insert' | 'remove' | 'clear'>
  markKinds(): readonly string[]
  readonly favoriteOrder: Pick<ShardState['favoriteOrder'], 'readBefore'>
  readonly profileTabs: {
    readonly [tab in 'replies' | 'media']: Pick<ShardState['authored'], 'readBefore'>
  }
  readonly rankings: ShardState['rankings']
  readonly requests: Omit<ShardState['requests'], 'begin' | 'end'>
  readonly mutedWords: Pick<ShardState['mutedWords'], 'of' | 'isIn'>
  readonly notices: Pick<ShardState['notices'], 'groupsOf' | 'arrivalCount'>
  readonly index: Pick<ShardState['index'], 'tweets' | 'people' | 'trends' | 'isPartial'>
  readHome: ShardState['readHome']
  holdsHome: ShardState['holdsHome']
}

/** A page of a home timeline, told for a validator. Dense indexes. */
export type MadePage = {
  readonly reader: number
  /** As it was asked for. */
  readonly before: number
  readonly limit: number
  /** Exactly the newest of the timeline below `before`, none left out, and the one behind them, if there is one. */
  readonly tweets: readonly number[]
  /** Where in the answer the position begins, as a text: its last bytes, and the only ones that go by the moment. */
  readonly positionAt: number
}

/** The socket that a request came on, as far as live operations need it. */
export type Subscriptions = {
  /** Whether the socket listens to anything, and so is told of new counts of what it shows. */
  readonly isListening: boolean
  /** Starts the pushes of a channel to this socket: of the home timeline, unless another one is named. */
  subscribe(user: number, channel?: string): void
  unsubscribe(channel: string): void
  /** Whether the socket can listen to this tag beside those that it has. */
  hasRoomFor(tag: string): boolean
  /** Notes that the socket was shown a tweet, so that changes of its counts are pushed. */
  show(tweet: number): void
}

export type Context = {
  /** The signed-in user; 0 for nobody. */
  readonly actor: UserId
  /** The actor's dense index; -1 for nobody, or for a user of another process. */
  readonly actorIndex: number
  readonly partition: Partition
  readonly partitionCount: number
  /** Milliseconds since 1970. */
  readonly nowMs: number
  /** The epoch of live positions: changes whenever this process starts anew. */
  readonly liveEpoch: string
  readonly subscriptions: Subscriptions | undefined
  /** Given to operations that end a session. */
  readonly tokenHash: string | undefined
  /** Set by a read whose answer stays as it is for as long as nothing changes that it was made of. */
  madePage?: MadePage | undefined
}

/** What only a decision may use: it makes new things. */
export type DecideContext = Context & {
  /** A new id of the partition. */
  newId(): number
  /** A session token's randomness: 32 bytes, made for this request. */
  readonly random: Uint8Array
  readonly sessionLifetimeMs: number
  /** The result of `password`, where the handler has it. */
  readonly passwordHash: string
  readonly isPasswordRight: boolean
}

/** Hash a new password, or compare one with a hash (undefined takes as long and is never right). */
export type PasswordTask =
  | { readonly kind: 'hash'; readonly password: string }
  | {
      readonly kind: 'verify'
      readonly password: string
      readonly hash: string | undefined
      readonly handle: string
    }
  | { readonly kind: 'none' }

/** What cannot be done, and why. */
export type No<R extends string = string> =
  | { readonly kind: 'refused'; readonly code: R; readonly message?: string }
  | { readonly kind: 'failed'; readonly error: ErrorBody }
  /**
   * Not here. Believed at once where the partition is hosted; otherwise the shard first waits until
   * it has applied all that this partition's log holds now, and asks again: somebody may have been
   * told of the thing before its log entry came here.
   */
  | { readonly kind: 'absent'; readonly partition: Partition; readonly field: string }
  /** The password was worked on for a state that has changed since: the shard does it again. */
  | { readonly kind: 'password-outdated' }

export type Decision<O> =
  | { readonly kind: 'committed'; readonly event: Event<O> }
  /** Nothing to change: the answer says how things are. */
  | { readonly kind: 'unchanged' }
  | No<RefusalCode<O>>

/** What happens beside the state when an event is applied on a live process: pushes. */
export type Effects = {
  /** Pushes a tweet to those whom `state.deliver` has just found online. */
  pushTweet(tweet: number): void
  /** Pushes a tweet to those who listen to one of its tags. */
  pushTagged(tweet: number, hashtags: readonly { readonly tag: string }[]): void
  pushDeleted(tweetId: TweetId): void
  countsChanged(tweetId: TweetId): void
  /** Pushes to a user what they were not told of yet, of what others did that concerns them. */
  noticed(userId: UserId): void
  /** What may end or begin a follow has changed: see following.ts. */
  followMaySettle(followerId: UserId, followeeId: UserId): void
  /** An account was deleted: its facts are erased step by step (leaving.ts). */
  accountLeft(userId: UserId): void
  /** @param userId whose session it was: the host of whose partition tells the gateways */
  endSession(userId: UserId, tokenHash: string): void
}

/** What a decision stands on: a key that it has for itself, or one that it may share with others. */
export type Claim = string | { readonly shared: string }

/**
 * The claim on all follows of a partition's users at once. Who decides about a single one shares it: many
 * of them go on side by side, and none while somebody has all.
 */
export function allFollowsOf(partition: Partition): string {
  return `follows ${partition}`
}

/** In place of a password's hash, for whom no password is right. */
export const lockedPasswordHash = '!'

export type WriteHandler<O> = {
  readonly kind: 'write'
  readonly operation: O
  /**
   * Names what this request decides about. While a decision about a key is not durable, a second
   * request with the same key waits, and then decides on the state with the first one applied.
   */
  claims(context: Context, params: Params<O>): readonly Claim[]
  /** A password to work on before the decision, which then finds the result in its context. */
  password?(view: View, context: Context, params: Params<O>): PasswordTask
  decide(view: View, context: DecideContext, params: Params<O>): Decision<O>
  /** @returns a dense index or an id that `effects` needs to know, or 0. */
  apply(state: ShardState, event: Event<O>): number
  effects?(effects: Effects, event: Event<O>, applied: number): void
  /** Writes the answer, after the event was applied or where there was nothing to change. */
  answer?(
    view: View,
    context: DecideContext,
    given: { readonly params: Params<O>; readonly event: Event<O> | undefined },
    writer: MessagePackWriter,
  ): void
  /**
   * What is said in place of `answer`, where the thing that it would show has gone between the decision and its
   * landing, as a decision under another claim may have landed in between.
   */
  gone?(
    view: View,
    context: DecideContext,
    given: { readonly params: Params<O>; readonly event: Event<O> | undefined },
  ): No<RefusalCode<O>> | undefined
  /** In place of `answer`, where it has to show what `apply` is about to take away. */
  answerBefore?(
    view: View,
    context: DecideContext,
    params: Params<O>,
    writer: MessagePackWriter,
  ): void
}

export type ReadHandler<O> = {
  readonly kind: 'read'
  readonly operation: O
  /** Writes the answer, or gives back why there is none (and writes nothing). */
  read(
    view: View,
    context: Context,
    params: Params<O>,
    writer: MessagePackWriter,
  ): No<RefusalCode<O>> | undefined
}

type AnyOperation = Operation<Fields, Fields, Fields, string>

/** A handler as the registry holds it: which operation it is for is known at run time only. */
export type Handler = WriteHandler<AnyOperation> | ReadHandler<AnyOperation>

type Given<H> = Omit<H, 'kind' | 'operation'>

export function implementWrite<O extends { readonly name: string }>(
  operation: O,
  handler: Given<WriteHandler<O>>,
): WriteHandler<O> {
  return { kind: 'write', operation, ...handler }
}

export function implementRead<O extends { readonly name: string }>(
  operation: O,
  handler: Given<ReadHandler<O>>,
): ReadHandler<O> {
  return { kind: 'read', operation, ...handler }
}
