// Muted words, for the host of the user alone.

import { bytesMaxOf } from '../chunk.ts'
import type { Section } from './section.ts'
import { userSection } from './user-section.ts'

/** Behind the number of the user: the word. */
export const mutedWordsSection: Section = userSection({
  code: 10,
  thingsOf: (state, user) => state.mutedWords.of(user),
  bytesMaxOf,
  write: (writer, word) => writer.text(word),
  read: (state, user, reader) => state.mutedWords.add(user, reader.text()),
})
