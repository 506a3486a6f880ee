// Follow requests of the partition's users that nobody has answered, for every process.

import { varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/**
 * Record: number of the user who asks, as the difference to the one before; the id of who is asked; the id of
 * the request.
 */
export const requestsSection: Section = {
  code: 9,

  write({ state, users }, writer) {
    writer.begin(requestsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const [followee, requestId] of state.requests.askedBy(user)) {
        if (writer.record(3 * varintBytesMax)) previous = 0
        writer.integer(number - previous)
        writer.integer(state.users.idOf(followee))
        writer.integer(requestId)
        previous = number
      }
    }
  },

  isWanted: ({ isPublic }) => isPublic,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const followee = state.users.index.intern(reader.integer())
      state.requests.begin({ follower: users[number]!, followee }, reader.integer())
    }
  },
}
