// Tweets, author by author, each list ascending. Of a deleted tweet only the id is left: it must never be
// shown again, and still has its place among the newest 800 of a timeline.
//
// How many tweets an author has and how many replies a tweet has are not written: both are counted anew
// from the tweets themselves. A reply may come before what it replies to does, as in the logs.

import { tweetField } from '../../../protocol/entities.ts'
import type { ShardState } from '../../state/shard-state.ts'
import { entryOf } from '../../state/users.ts'
import { bytesMaxOf, idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

const deletedBit = 1
const replyBit = 2

const noRange = { from: 0, to: 0 }

/**
 * Record: number of the author, as the difference to the one before; id, as the difference to the
 * author's tweet before; bits; for a reply what it replies to; unless it is deleted, the encoded body.
 */
export const tweetsSection: Section = {
  code: 3,

  write({ state, users }, writer) {
    const { authored, tweets } = state
    writer.begin(tweetsSection.code)
    let previousNumber = 0
    let previousId = 0
    for (const [number, author] of users.entries()) {
      const count = authored.length(author)
      for (let place = 0; place < count; place++) {
        const id = authored.at(author, place)
        const tweet = tweets.find(id)
        const body = tweet < 0 ? noBytes : tweets.body(tweet)
        const repliedTo = tweet < 0 ? undefined : entryOf(body, tweetField.fields, 'inReplyTo')
        if (writer.record(4 * varintBytesMax + bytesMaxOf(body))) previousNumber = previousId = 0
        if (number !== previousNumber) previousId = 0
        writer.integer(number - previousNumber)
        writer.integer(idWithin(id) - previousId)
        writer.integer((tweet < 0 ? deletedBit : 0) | (repliedTo === undefined ? 0 : replyBit))
        if (repliedTo !== undefined) writer.integer(repliedTo as number)
        if (tweet >= 0) writer.bytes(body)
        previousNumber = number
        previousId = idWithin(id)
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, partition, users }, reader) {
    const { tweets } = state
    let number = 0
    let within = 0
    let listed = 0
    while (!reader.isAtEnd) {
      const further = reader.integer()
      if (further > 0 || listed === listedMax) {
        list(state, users[number]!, listed)
        listed = 0
      }
      if (further > 0) within = 0
      number += further
      within += reader.integer()
      const bits = reader.integer()
      const repliedTo = (bits & replyBit) === 0 ? 0 : reader.integer()
      const isDeleted = (bits & deletedBit) !== 0
      const range = isDeleted ? noRange : reader.range()
      const author = users[number]!
      const id = idFrom(within, partition)
      if (!tweets.restore({ id, author }, isDeleted ? undefined : reader.bytes, range)) continue
      ids[listed++] = id
      if (isDeleted) continue
      state.users.tweets.add(author, 1)
      if (repliedTo > 0) tweets.replies.add(tweets.intern(repliedTo), 1)
    }
    list(state, users[number]!, listed)
  },
}

/** Tweets that are put into their author's list together. */
const listedMax = 4_096
const ids = new Float64Array(listedMax)

/** Those of an author come in the order of their ids, in this chunk and in the next. */
function list(state: ShardState, author: number, count: number): void {
  state.authored.append(author, ids, count)
}

const noBytes = new Uint8Array(0)
