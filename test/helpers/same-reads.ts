// Two states that have to be equal: asks both the same reads about what an event has touched, and throws
// where a byte differs; makes the second one of a log.

import { decodeEvent } from '../../protocol/event.ts'
import type { Partition, UserId } from '../../protocol/ids.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import { handlersByCode } from '../../shard/handlers.ts'
import type { Context, Handler } from '../../shard/operations/implement.ts'
import { timelineHomeHandler } from '../../shard/operations/timeline-home.ts'
import { timelineUserHandler } from '../../shard/operations/timeline-user.ts'
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
  for (const reader of given.readers) {
    // The one side shows what was delivered, the other one what is built anew.
    there.dropTimeline(there.users.find(reader))
  }
  for (const { handler, params } of readsAbout(given.event)) {
    const isHome = handler.operation.name === 'timeline.home'
    for (const reader of isHome ? given.readers : [0 as UserId, ...given.readers]) {
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
  const tweets = [event['tweetId'] ?? [], event['inReplyTo'] ?? []].flat()
  return [
    of(timelineHomeHandler, { limit: 3 }),
    ...users.flatMap((userId) => [
      of(userGetHandler, { user: { id: userId } }),
      of(timelineUserHandler, { userId, limit: 2 }),
      of(userFollowersHandler, { userId }),
      of(userFollowingHandler, { userId }),
    ]),
    ...tweets.map((tweetId) => of(tweetGetHandler, { tweetId })),
  ]
}

const writer = new MessagePackWriter()

function answerOf(state: ShardState, context: Context, { handler, params }: Asked): Buffer {
  writer.reset()
  const actorIndex = context.actor === 0 ? -1 : state.users.find(context.actor)
  const no = handler.read(state, { ...context, actorIndex }, params, writer)
  return no === undefined ? writer.copy() : Buffer.from(JSON.stringify(no))
}
