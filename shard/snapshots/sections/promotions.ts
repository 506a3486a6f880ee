// Promotions of the partition's users, for every process: the advertisers' credit, what they promote, and who has
// seen it on the newest two days.

import type { UserId } from '../../../protocol/ids.ts'
import { bytesMaxOf, idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: number of the user, as the difference to the one before; what was funded, and settled. */
export const fundsSection: Section = {
  code: 240,

  write({ state, users }, writer) {
    writer.begin(fundsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      const { fundedMicros, settledMicros } = state.promotions.fundsOf(state.users.idOf(user))
      if (fundedMicros === 0 && settledMicros === 0) continue
      if (writer.record(3 * varintBytesMax)) previous = 0
      writer.integer(number - previous)
      writer.integer(fundedMicros)
      writer.integer(settledMicros)
      previous = number
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const funds = { fundedMicros: reader.integer(), settledMicros: reader.integer() }
      state.promotions.restoreFunds(state.users.idOf(users[number]!), funds)
    }
  },
}

/** Record: number of the advertiser, as the difference to the one before; the encoded promotion. */
export const promotionsSection: Section = {
  code: 241,

  write({ state, users }, writer) {
    writer.begin(promotionsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const encoded of state.promotions.encodedOf(state.users.idOf(user))) {
        if (writer.record(varintBytesMax + bytesMaxOf(encoded))) previous = 0
        writer.integer(number - previous)
        writer.bytes(encoded)
        previous = number
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const { from, to } = reader.range()
      const userId = state.users.idOf(users[number]!)
      state.promotions.restore(userId, reader.bytes.subarray(from, to))
    }
  },
}

/** Record: id of the promotion; day; reader, by id; how many impressions. */
export const impressionsSection: Section = {
  code: 242,

  write({ state, users }, writer) {
    writer.begin(impressionsSection.code)
    for (const user of users) {
      for (const { id } of state.promotions.listOf(state.users.idOf(user))) {
        for (const { day, readerId, count } of state.promotions.daysOf(id)?.entries() ?? []) {
          writer.record(4 * varintBytesMax)
          writer.integer(idWithin(id))
          writer.integer(day)
          writer.integer(readerId)
          writer.integer(count)
        }
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, partition }, reader) {
    while (!reader.isAtEnd) {
      const promotionId = idFrom(reader.integer(), partition)
      const day = reader.integer()
      const readerId = reader.integer() as UserId
      state.promotions.daysOf(promotionId)?.restore(readerId, { day, count: reader.integer() })
    }
  },
}
