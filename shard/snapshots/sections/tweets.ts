// Tweets, author by author, each list ascending. Of a deleted tweet only the id is left: it must never be
// shown again, and still has its place among the newest 800 of a timeline.
//
// How many tweets an author has, and which replies and retweets a tweet has, is not written: all of it is found
// anew from the tweets themselves. A reply may come before what it replies to does, as in the logs.

import { tweetField } from '../../../protocol/entities.ts'
import { absent } from '../../state/memory/id-table.ts'
import { locationOf } from '../../state/places.ts'
import type { ShardState } from '../../state/shard-state.ts'
import { mediaOf } from '../../state/tweets/tweet-bodies.ts'
import { entryOf } from '../../state/users/users.ts'
import { bytesMaxOf, idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section, Target } from './section.ts'

const deletedBit = 1
const replyBit = 2
/** A reply to somebody else, also where it was deleted: it is not in everybody's timelines. */
const repliedToBit = 4
const retweetBit = 8
const quoteBit = 16
/** Its body has neither media nor a place, and need not be looked at: not set by versions that did not say so. */
const plainBit = 32

const noMedia = [] as const

/**
 * Record: number of the author, as the difference to the one before; id, as the difference to the
 * author's tweet before; bits; for a reply what it replies to, and the id of that one's author if it is somebody
 * else; for a retweet its original, for a quote the quoted tweet; unless it is deleted, the encoded body.
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
        const tweet = tweets.findBody(id)
        const body = tweet < 0 ? noBytes : tweets.body(tweet)
        const parent = tweet < 0 ? undefined : entryOf(body, tweetField.fields, 'inReplyTo')
        const repliedTo = tweets.repliedTo(tweets.indexOf(id))
        const referenced = tweet < 0 ? absent : tweets.referencedBy(tweet)
        if (writer.record(6 * varintBytesMax + bytesMaxOf(body))) previousNumber = previousId = 0
        if (number !== previousNumber) previousId = 0
        writer.integer(number - previousNumber)
        writer.integer(idWithin(id) - previousId)
        const isReferring = referenced !== absent
        const reference = isReferring && tweets.isRetweet(tweet) ? retweetBit : quoteBit
        writer.integer(
          (tweet < 0 ? deletedBit : 0) |
            (parent === undefined ? 0 : replyBit) |
            (repliedTo === absent ? 0 : repliedToBit) |
            (isReferring ? reference : 0) |
            (tweet >= 0 && isPlain(body) ? plainBit : 0),
        )
        if (parent !== undefined) writer.integer(parent as number)
        if (repliedTo !== absent) writer.integer(state.users.idOf(repliedTo))
        if (isReferring) writer.integer(tweets.idOf(referenced))
        if (tweet >= 0) writer.bytes(body)
        previousNumber = number
        previousId = idWithin(id)
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read(target, reader) {
    let number = 0
    let within = 0
    let count = 0
    while (!reader.isAtEnd) {
      const further = reader.integer()
      if (further > 0) within = 0
      number += further
      within += reader.integer()
      const bits = reader.integer()
      ids[count] = idFrom(within, target.partition)
      numbers[count] = number
      bitsOf[count] = bits
      parentIds[count] = (bits & replyBit) === 0 ? 0 : reader.integer()
      repliedToIds[count] = (bits & repliedToBit) === 0 ? 0 : reader.integer()
      referencedIds[count] = (bits & (retweetBit | quoteBit)) === 0 ? 0 : reader.integer()
      const { from, to } = (bits & deletedBit) === 0 ? reader.range() : noRange
      starts[count] = from
      ends[count++] = to
      if (count < recordsMax) continue
      restore(target, reader.bytes, count)
      count = 0
    }
    restore(target, reader.bytes, count)
  },
}

/** Records that are read together, so that what the tables of ids say of them comes from memory at once. */
const recordsMax = 256
const [ids, parentIds, repliedToIds, referencedIds] = columns((length) => new Float64Array(length))
const [numbers, bitsOf, starts, ends] = columns((length) => new Uint32Array(length))
const newIds = new Float64Array(recordsMax)
const noRange = { from: 0, to: 0 }

function columns<Column>(make: (length: number) => Column): [Column, Column, Column, Column] {
  return [make(recordsMax), make(recordsMax), make(recordsMax), make(recordsMax)]
}

/** Takes the tweets of the first `count` records in, those of each author together: they come in the order of their ids. */
function restore({ state, users }: Target, bytes: Buffer, count: number): void {
  state.tweets.prefetch(ids, count)
  let newCount = 0
  for (let place = 0; place < count; place++) {
    const author = users[numbers[place]!]!
    if (restoreOne(state, author, { bytes, place })) newIds[newCount++] = ids[place]!
    if (place + 1 < count && numbers[place + 1] === numbers[place]) continue
    state.authored.append(author, newIds, newCount)
    newCount = 0
  }
}

/** @returns whether the tweet was unknown */
function restoreOne(
  state: ShardState,
  author: number,
  { bytes, place }: { readonly bytes: Buffer; readonly place: number },
): boolean {
  const { tweets, users } = state
  const id = ids[place]!
  const bits = bitsOf[place]!
  const from = starts[place]!
  const to = ends[place]!
  const isDeleted = (bits & deletedBit) !== 0
  const isLookedAt = !isDeleted && (bits & plainBit) === 0
  const body = isLookedAt ? bytes.subarray(from, to) : noBytes
  const media = isLookedAt ? mediaOf(body) : noMedia
  const repliedTo =
    (bits & repliedToBit) === 0 ? undefined : users.index.intern(repliedToIds[place]!)
  const retweetOf = (bits & retweetBit) === 0 ? undefined : referencedIds[place]!
  const quoteOf = (bits & quoteBit) === 0 ? undefined : referencedIds[place]!
  const tweet = { id, author, repliedTo, retweetOf, quoteOf }
  if (!tweets.restore(tweet, isDeleted ? undefined : { bytes, from, to, media })) return false
  if (isDeleted) return true
  const parentId = parentIds[place]!
  state.profileTabs.put(author, { id, isReply: parentId > 0, hasMedia: media.length > 0 })
  const location = isLookedAt ? locationOf(body) : undefined
  if (location !== undefined) state.places.put(id, location)
  if (retweetOf === undefined) users.tweets.add(author, 1)
  else count(state, { tweetId: id, retweetOf })
  if (parentId > 0) count(state, { tweetId: id, parentId })
  return true
}

function isPlain(body: Uint8Array): boolean {
  return mediaOf(body).length === 0 && locationOf(body) === undefined
}

/** Counts a tweet where it belongs to another one, which may not be here yet. */
function count(
  { tweets, repliesTo, retweetsOf }: ShardState,
  tweet: { readonly tweetId: number } & (
    | { readonly parentId: number }
    | { readonly retweetOf: number }
  ),
): void {
  if ('parentId' in tweet) {
    const parent = tweets.intern(tweet.parentId)
    tweets.replies.add(parent, 1)
    repliesTo.insert(parent, tweet.tweetId)
  } else {
    const original = tweets.intern(tweet.retweetOf)
    tweets.retweets.add(original, 1)
    retweetsOf.insert(original, tweet.tweetId)
  }
}

const noBytes = new Uint8Array(0)
