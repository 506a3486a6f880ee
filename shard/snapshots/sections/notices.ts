// Notices of what the partition's users did, grouped by the partition of those whom it concerns: a process that
// comes to host a partition reads from each snapshot one group, as with follows. A list of notices is the same
// whatever it was put together from (state/notices.ts), so each snapshot adds its own.

import { absent } from '../../state/memory/id-table.ts'
import type { Notice } from '../../state/notices.ts'
import { idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section, Source, Target } from './section.ts'

const takenBackBit = 1
const bits = 1

type Written = { readonly recipient: number; readonly notice: Notice }

/**
 * Group: the partition of those whom it concerns. Record: the id of who it is, as the difference to the one before;
 * id of the notice; kind and whether it was taken back; number of who did it; id of the tweet, or 0.
 */
export const noticesSection: Section = {
  code: 208,

  write(source, writer) {
    const { state, users } = source
    const numbers = new Map([...users.entries()].map(([number, user]) => [user, number]))
    const { index } = state.users
    let group = -1
    let previous = 0
    for (const { recipient, notice } of noticesFrom(source)) {
      if (index.partitionOf(recipient) !== group) {
        group = index.partitionOf(recipient)
        writer.begin(noticesSection.code, group)
      }
      const within = idWithin(index.idOf(recipient))
      if (writer.record(5 * varintBytesMax)) previous = 0
      writer.integer(within - previous)
      writer.integer(idWithin(notice.id))
      writer.integer((notice.kind << bits) | (notice.isTakenBack ? takenBackBit : 0))
      writer.integer(numbers.get(notice.actor)!)
      writer.integer(notice.subject === absent ? 0 : state.tweets.idOf(notice.subject))
      previous = within
    }
  },

  isWanted: ({ state, partition }, group) => state.hosting.keepsEdges(partition, group),

  read(target, reader, group) {
    let within = 0
    let count = 0
    while (!reader.isAtEnd) {
      within += reader.integer()
      recipientIds[count] = idFrom(within, group)
      ids[count] = idFrom(reader.integer(), target.partition)
      deeds[count] = reader.integer()
      actors[count] = target.users[reader.integer()]!
      tweetIds[count++] = reader.integer()
      if (count < recordsMax) continue
      restore(target, count)
      count = 0
    }
    restore(target, count)
  },
}

/** Records that are read together, so that what the tables say of them comes from memory at once. */
const recordsMax = 256
const recipientIds = new Float64Array(recordsMax)
const recipients = new Int32Array(recordsMax)
const ids = new Float64Array(recordsMax)
const deeds = new Uint32Array(recordsMax)
const actors = new Uint32Array(recordsMax)
const tweetIds = new Float64Array(recordsMax)

function restore({ state }: Target, count: number): void {
  const { users, tweets, notices } = state
  users.index.internMany(recipientIds, count, recipients)
  notices.prefetch(recipients, count)
  tweets.prefetch(tweetIds, count)
  for (let place = 0; place < count; place++) {
    const tweetId = tweetIds[place]!
    const deed = deeds[place]!
    notices.restore(recipients[place]!, {
      id: ids[place]!,
      kind: deed >>> bits,
      actor: actors[place]!,
      subject: tweetId === 0 ? absent : tweets.intern(tweetId),
      isTakenBack: (deed & takenBackBit) !== 0,
    })
  }
}

/** By the partition of whom they concern, by their id, and by the id of the notice. */
function noticesFrom({ state, partition }: Source): readonly Written[] {
  const { notices } = state
  const { index } = state.users
  const found: Written[] = []
  for (let recipient = 0; recipient < notices.usersEnd; recipient++) {
    for (const notice of notices.listOf(recipient)) {
      if (index.partitionOf(notice.actor) === partition) found.push({ recipient, notice })
    }
  }
  const place = ({ recipient }: Written) => [index.partitionOf(recipient), index.idOf(recipient)]
  return found.sort((left, right) => {
    const [leftPartition, leftId] = place(left) as [number, number]
    const [rightPartition, rightId] = place(right) as [number, number]
    return leftPartition - rightPartition || leftId - rightId || left.notice.id - right.notice.id
  })
}
