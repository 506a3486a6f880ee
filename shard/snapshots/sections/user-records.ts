// Records of users, for the host of the user alone: a section for each kind (state/user-records.ts).

import type { ShardState } from '../../state/shard-state.ts'
import type { UserRecords } from '../../state/user-records.ts'
import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: number of the user, as the difference to the one before; the encoded record. */
function sectionOf(code: number, recordsOf: (state: ShardState) => Encoded): Section {
  return {
    code,

    write({ state, users }, writer) {
      writer.begin(code)
      let previous = 0
      for (const [number, user] of users.entries()) {
        for (const encoded of recordsOf(state).encodedOf(state.users.idOf(user))) {
          if (writer.record(varintBytesMax + bytesMaxOf(encoded))) previous = 0
          writer.integer(number - previous)
          writer.bytes(encoded)
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
        const { from, to } = reader.range()
        recordsOf(state).restore(userId, reader.bytes.subarray(from, to))
      }
    },
  }
}

type Encoded = Pick<UserRecords, 'encodedOf' | 'restore'>

export const appsSection = sectionOf(176, (state) => state.apps)
export const reportsSection = sectionOf(177, (state) => state.reports)
export const actionsSection = sectionOf(178, (state) => state.actions)
