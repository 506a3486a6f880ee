// Who there is: the ids of all users of the partition, which everything else refers to by number.

import { idFrom, idWithin, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: id, as the difference to the one before. */
export const usersSection: Section = {
  code: 1,

  write({ state, users }, writer) {
    writer.begin(usersSection.code)
    let previous = 0
    for (const user of users) {
      if (writer.record(varintBytesMax)) previous = 0
      const id = idWithin(state.users.idOf(user))
      writer.integer(id - previous)
      previous = id
    }
  },

  isWanted: () => true,

  read({ state, partition, users }, reader) {
    let id = 0
    while (!reader.isAtEnd) {
      id += reader.integer()
      users.push(state.users.index.intern(idFrom(id, partition)))
    }
  },
}
