// Records of users, for the host of the user alone: a section for each kind (state/users/user-records.ts).

import type { ShardState } from '../../state/shard-state.ts'
import type { UserRecords } from '../../state/users/user-records.ts'
import { bytesMaxOf } from '../chunk.ts'
import type { Section } from './section.ts'
import { userSection } from './user-section.ts'

/** Behind the number of the user: the encoded record. */
function sectionOf(code: number, recordsOf: (state: ShardState) => Encoded): Section {
  return userSection({
    code,
    thingsOf: (state, user) => recordsOf(state).encodedOf(state.users.idOf(user)),
    bytesMaxOf,
    write: (writer, encoded) => writer.bytes(encoded),
    read(state, user, reader) {
      const { from, to } = reader.range()
      recordsOf(state).restore(state.users.idOf(user), reader.bytes.subarray(from, to))
    },
  })
}

type Encoded = Pick<UserRecords, 'encodedOf' | 'restore'>

export const appsSection = sectionOf(176, (state) => state.apps)
export const reportsSection = sectionOf(177, (state) => state.reports)
export const actionsSection = sectionOf(178, (state) => state.actions)
