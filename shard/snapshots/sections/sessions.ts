// Sessions that are not over by the time of the log, for the host of the user alone.

import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'
import { userSection } from './user-section.ts'

/** Behind the number of the user: hash of the token; when it ends. */
export const sessionsSection: Section = userSection({
  code: 7,
  thingsOf: (state, user) => state.accounts.sessionsOf(state.users.idOf(user)),
  bytesMaxOf: ({ tokenHash }) => varintBytesMax + bytesMaxOf(tokenHash),

  write(writer, { tokenHash, expiresAtMs }) {
    writer.text(tokenHash)
    writer.integer(expiresAtMs)
  },

  read(state, user, reader) {
    const session = { tokenHash: reader.text(), expiresAtMs: reader.integer() }
    state.accounts.restoreSession(state.users.idOf(user), session)
  },
})
