// Two states that have applied the same logs: nobody may find a difference between them.

import { expect } from 'vitest'
import type { Partition, UserId } from '../../../../protocol/ids.ts'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import type { ShardState } from '../../../../shard/state/shard-state.ts'
import { edgesOf } from '../../../helpers/edges-of.ts'
import { expectSameReads } from '../../../helpers/same-reads.ts'
import { type Entry, partitions } from './random-log.ts'
import { photoIds } from './random-profiles.ts'

/** Both have applied all entries, and host the same partitions: nobody may find a difference. */
export function expectSameStates(
  [here, there]: readonly [ShardState, ShardState],
  { entries, hosted }: { entries: readonly Entry[]; hosted: readonly Partition[] },
): void {
  const users = entries.flatMap(({ event }) => (event['handle'] ? [event['userId'] as UserId] : []))
  const readers = users.filter((user) => hosted.includes(partitionOfId(user)))
  const contextOf = (actor: UserId) => ({
    actor,
    actorIndex: -1,
    partition: partitionOfId(actor),
    partitionCount: partitions.length,
    nowMs: 0,
    liveEpoch: 'k3x9',
    subscriptions: undefined,
    tokenHash: undefined,
  })
  for (const { event } of entries) expectSameReads([here, there], { event, readers, contextOf })
  expect(stockOf(here, { entries, hosted })).toEqual(stockOf(there, { entries, hosted }))
}

/** What no read shows, and what must not be left over. */
function stockOf(
  state: ShardState,
  { entries, hosted }: { entries: readonly Entry[]; hosted: readonly Partition[] },
) {
  Array.from(state.accounts.sweep())
  return {
    digests: hosted.map((partition) => digestOf(state, partition, { slice: 0, slices: 1 })),
    lastIds: partitions.map((partition) => state.lastIssuedId(partition)),
    remembered: partitions.map((partition) => [...state.remembered(partition).entries()]),
    hosted: partitions.map((partition) => state.hosts(partition)),
    edges: edgesOf(state),
    accounts: state.accounts.size,
    words: entries.map(({ event }) =>
      state.mutedWords.of(state.users.index.find(Number(event['actorId'] ?? 0))),
    ),
    requests: state.requests.size,
    notices: hosted.map((partition) => noticesOf(state, partition)),
    collections: state.collections.size,
    promotions: entries.map(({ event }) => promotionsOf(state, event)),
    gone: state.marked.gone.size,
    files: photoIds.map((id) => state.tweets.files.isUsed(id)),
    marks: entries.map(({ event }) => {
      const user = state.users.index.find((event['actorId'] ?? 0) as number)
      return user < 0
        ? []
        : ['favorites', 'bookmarks', 'blocks', 'mutes', 'approved', 'rejected'].map((kind) =>
            state.marks(kind).length(user),
          )
    }),
    sessions: entries.map(({ event }) =>
      typeof event['tokenHash'] === 'string'
        ? state.accounts.session(event['userId'] as UserId, event['tokenHash'], 0)
        : undefined,
    ),
  }
}

/** What the users of a partition are told of, in ids: which indexes there are is nobody's business. */
function noticesOf({ users, tweets, notices }: ShardState, partition: Partition) {
  const found: unknown[] = []
  users.index.forEachOf(partition, (user) => {
    for (const { id, kind, actor, subject, isTakenBack } of notices.listOf(user)) {
      const tweetId = subject < 0 ? 0 : tweets.idOf(subject)
      found.push([users.idOf(user), id, kind, users.idOf(actor), tweetId, isTakenBack].join())
    }
  })
  return found.sort()
}

/** What is promoted by whom an event is about, and who has seen it: wherever they are hosted. */
function promotionsOf({ promotions }: ShardState, { userId }: Entry['event']) {
  if (typeof userId !== 'number') return undefined
  const list = promotions.listOf(userId as UserId)
  const seen = list.map(({ id }) => promotions.daysOf(id)?.entries())
  return [promotions.fundsOf(userId as UserId), list, seen]
}
