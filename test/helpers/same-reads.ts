// Two states that have to be equal: asks both the same reads about what an event has touched, and throws
// where a byte differs; makes the second one of a log.

import { decodeEvent } from '../../protocol/event.ts'
import type { Partition, UserId } from '../../protocol/ids.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { handlersByCode } from '../../shard/handlers.ts'
import { favoritesListHandler } from '../../shard/operations/favorites-list.ts'
import type { Context, Handler } from '../../shard/operations/implement.ts'
import { listsOfUserHandler } from '../../shard/operations/lists-of-user.ts'
import { momentGetHandler } from '../../shard/operations/moment-get.ts'
import { momentsOfUserHandler } from '../../shard/operations/moments-of-user.ts'
import { notificationsListHandler } from '../../shard/operations/notifications-list.ts'
import { timelineHomeHandler } from '../../shard/operations/timeline-home.ts'
import { timelineListHandler } from '../../shard/operations/timeline-list.ts'
import { timelineNearHandler } from '../../shard/operations/timeline-near.ts'
import { timelineUserHandler } from '../../shard/operations/timeline-user.ts'
import { tweetConversationHandler } from '../../shard/operations/tweet-conversation.ts'
import { tweetGetHandler } from '../../shard/operations/tweet-get.ts'
import { userFollowersHandler } from '../../shard/operations/user-followers.ts'
import { userFollowingHandler } from '../../shard/operations/user-following.ts'
import { userGetHandler } from '../../shard/operations/user-get.ts'
import { ShardState } from '../../shard/state/shard-state.ts'

type Read = Extract<Handler, { kind: 'read' }>
type Asked = { readonly handler: Read; readonly params: Record<string, unknown> }

/** One event, as the log of the partition that decided it holds it. */
export type LogEntry = {
  readonly name: string
  readonly partition: Partition
  readonly event: object
  readonly payload: Uint8Array
}

/** Reads the logs of the partitions one after the other, in the order that is given. */
export function recoverState(
  log: readonly LogEntry[],
  given: {
    isHosted(partition: Partition): boolean
    orderOf(partitions: readonly Partition[]): readonly Partition[]
  },
): ShardState {
  const recovered = new ShardState()
  const partitions = [...new Set(log.map((entry) => entry.partition))]
  for (const partition of partitions) if (given.isHosted(partition)) recovered.host(partition)
  for (const partition of given.orderOf(partitions)) {
    for (const entry of log) {
      if (entry.partition !== partition) continue
      const { operation, event } = decodeEvent(entry.payload)
      const handler = handlersByCode.get(operation.code) as Extract<Handler, { kind: 'write' }>
      handler.apply(recovered, event)
    }
  }
  return recovered
}

/** The fields of events that hold a tweet's id. */
const tweetFields = ['tweetId', 'inReplyTo', 'quoteOf', 'retweetOf']
/** The fields of events that hold a user's id. */
const userFields = ['userId', 'authorId', 'followerId', 'followeeId', 'actorId']

/**
 * @param given.readers the signed-in users who ask; a stranger asks as well
 * @param given.contextOf what a request of a reader comes with; the index is each state's own
 */
export function expectSameReads(
  [here, there]: readonly [ShardState, ShardState],
  given: {
    readonly event: Record<string, unknown>
    readonly readers: readonly UserId[]
    readonly contextOf: (reader: UserId) => Context
  },
): void {
  // Who has deleted their account asks for nothing.
  const readers = given.readers.filter((reader) => here.users.find(reader) >= 0)
  for (const reader of readers) {
    // The one side shows what was delivered, the other one what is built anew.
    there.dropTimeline(there.users.find(reader))
  }
  for (const { handler, params } of readsAbout(given.event)) {
    const isOwn = handler.operation.owner === 'actor'
    for (const reader of isOwn ? readers : [0 as UserId, ...readers]) {
      const context = given.contextOf(reader)
      const answers = [here, there].map((state) => answerOf(state, context, { handler, params }))
      if (answers[0]!.equals(answers[1]!)) continue
      throw new Error(`${handler.operation.name} answers ${reader} differently on the two sides`)
    }
  }
}

function readsAbout(event: Record<string, unknown>): Asked[] {
  const of = (handler: unknown, params: Record<string, unknown>): Asked => ({
    handler: handler as Read,
    params,
  })
  const users = userFields.flatMap((name) => event[name] ?? [])
  const tweets = tweetFields.flatMap((name) => event[name] ?? [])
  const [lists, moments] = [[event['listId'] ?? []].flat(), [event['momentId'] ?? []].flat()]
  const places = [(event['location'] as object | undefined) ?? []].flat()
  // One is enough for a tweet: the lists of a profile are the same for all readers.
  const tabs = event['media'] === undefined ? (event['inReplyTo'] ? ['replies'] : []) : ['media']
  const favoring = tweets.length > 0 ? [(event['actorId'] as UserId | undefined) ?? []].flat() : []
  return [
    of(timelineHomeHandler, { limit: 3 }),
    of(notificationsListHandler, { limit: 3 }),
    ...lists.map((listId) => of(timelineListHandler, { listId, limit: 2 })),
    ...moments.map((momentId) => of(momentGetHandler, { momentId })),
    ...(lists.length > 0 ? [of(listsOfUserHandler, { userId: event['actorId'] })] : []),
    ...(moments.length > 0 ? [of(momentsOfUserHandler, { userId: event['actorId'] })] : []),
    ...tabs.map((tab) => of(timelineUserHandler, { userId: event['authorId'], tab, limit: 2 })),
    ...favoring.map((userId) => of(favoritesListHandler, { userId, limit: 2 })),
    ...places.map((place) => of(timelineNearHandler, { ...place, radiusMeters: 1_000, limit: 2 })),
    ...users.flatMap((userId) => [
      of(userGetHandler, { user: { id: userId } }),
      of(timelineUserHandler, { userId, limit: 2 }),
      of(userFollowersHandler, { userId }),
      of(userFollowingHandler, { userId }),
    ]),
    ...tweets.flatMap((tweetId) => [
      of(tweetGetHandler, { tweetId }),
      of(tweetConversationHandler, { tweetId, limit: 2 }),
    ]),
  ]
}

const writer = new MessagePackWriter()

function answerOf(state: ShardState, context: Context, { handler, params }: Asked): Buffer {
  writer.reset()
  const actorIndex = context.actor === 0 ? -1 : state.users.find(context.actor)
  const no = handler.read(state, { ...context, actorIndex }, params, writer)
  if (no !== undefined) return Buffer.from(JSON.stringify(no))
  const answer = writer.copy()
  // Who starts behind the erasure of an account has seen fewer tweets arrive: so has a stream of its own.
  const position = state.marked.gone.size === 0 ? -1 : answer.lastIndexOf('position')
  return position < 0 ? answer : answer.subarray(0, position)
}
