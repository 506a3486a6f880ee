// Muted words, for the host of the user alone.

import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: number of the user, as the difference to the one before; the word. */
export const mutedWordsSection: Section = {
  code: 10,

  write({ state, users }, writer) {
    writer.begin(mutedWordsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const word of state.mutedWords.of(user)) {
        if (writer.record(varintBytesMax + bytesMaxOf(word))) previous = 0
        writer.integer(number - previous)
        writer.text(word)
        previous = number
      }
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      state.mutedWords.add(users[number]!, reader.text())
    }
  },
}
