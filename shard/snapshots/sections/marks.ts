// Marks: the tweets that users have marked in one way or another, kind by kind. Some kinds are counted for
// everybody; the lists themselves are kept where the user is hosted, or by everybody (state/marks.ts).

import { isPublicKind, markKind } from '../../state/marks.ts'
import type { ShardState } from '../../state/shard-state.ts'
import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** The kinds of marks that what is marked counts, and how those of a record are counted. */
const countsOf: Readonly<Record<string, (state: ShardState, length: number) => void>> = {
  favorites: ({ tweets }, length) => {
    tweets.internMany(ids, length, indexes)
    for (let place = 0; place < length; place++) tweets.favorites.add(indexes[place]!, 1)
  },
  [markKind.followedLists]: countFollowers,
  [markKind.followedMoments]: countFollowers,
}

function countFollowers({ collections }: ShardState, length: number): void {
  for (let place = 0; place < length; place++) collections.countFollower(ids[place]!, 1)
}

/** Tweets of one record; more of them are further records of the same user. */
const tweetsPerRecord = 4_096
/** What is marked in the record that is being read. */
const ids = new Float64Array(tweetsPerRecord)
const indexes = new Int32Array(tweetsPerRecord)

/**
 * Each chunk begins with the name of its kind. Record: number of the user, as the difference to the one
 * before; how many tweets; the id of each, as the difference to the one before.
 */
export const marksSection: Section = {
  code: 5,

  write({ state, users }, writer) {
    for (const kind of state.markKinds()) {
      const marks = state.marks(kind)
      writer.begin(marksSection.code)
      let previous = 0
      for (const [number, user] of users.entries()) {
        const count = marks.length(user)
        for (let start = 0; start < count; start += tweetsPerRecord) {
          const end = Math.min(start + tweetsPerRecord, count)
          const bytesMax = (2 + end - start) * varintBytesMax
          if (writer.record(bytesMaxOf(kind) + bytesMax)) {
            writer.text(kind)
            previous = 0
          }
          writer.integer(number - previous)
          writer.integer(end - start)
          let tweetId = 0
          for (let place = start; place < end; place++) {
            writer.integer(marks.at(user, place) - tweetId)
            tweetId = marks.at(user, place)
          }
          previous = number
        }
      }
    }
  },

  isWanted: ({ isPublic, isHosted }) => isPublic || isHosted,

  read({ state, users, isPublic, isHosted }, reader) {
    const kind = reader.text()
    const count = isPublic ? countsOf[kind] : undefined
    const isKept = isPublicKind(kind) ? isPublic : isHosted
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const length = reader.integer()
      let tweetId = 0
      for (let place = 0; place < length; place++) {
        tweetId += reader.integer()
        ids[place] = tweetId
      }
      count?.(state, length)
      if (isKept) state.marked.addMany(kind, users[number]!, ids, length)
    }
  },
}
