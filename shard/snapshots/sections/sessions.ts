// Sessions that are not over by the time of the log, for the host of the user alone.

import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: number of the user, as the difference to the one before; hash of the token; when it ends. */
export const sessionsSection: Section = {
  code: 7,

  write({ state, users }, writer) {
    writer.begin(sessionsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const [tokenHash, { expiresAtMs }] of state.accounts.sessionsOf(
        state.users.idOf(user),
      )) {
        if (writer.record(2 * varintBytesMax + bytesMaxOf(tokenHash))) previous = 0
        writer.integer(number - previous)
        writer.text(tokenHash)
        writer.integer(expiresAtMs)
        previous = number
      }
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const userId = state.users.idOf(users[number]!)
      const tokenHash = reader.text()
      state.accounts.restoreSession(tokenHash, { userId, expiresAtMs: reader.integer() })
    }
  },
}
