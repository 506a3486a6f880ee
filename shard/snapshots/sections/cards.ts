// The public cards: handle, name and so on, in the encoding in which the state keeps them. A state that
// only hosts needs them too: it has to know who exists already.

import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: number of the user, as the difference to the one before; the encoded card. */
export const cardsSection: Section = {
  code: 2,

  write({ state, users }, writer) {
    writer.begin(cardsSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      const card = state.users.card(user)
      if (writer.record(varintBytesMax + bytesMaxOf(card))) previous = 0
      writer.integer(number - previous)
      writer.bytes(card)
      previous = number
    }
  },

  isWanted: ({ isPublic, isHosted }) => isPublic || isHosted,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      state.users.restoreCard(users[number]!, reader.bytes, reader.range())
    }
  },
}
