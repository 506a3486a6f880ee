// The shape of a section that holds things of users, for the host of the user alone: each record begins with the
// number of its user, as the difference to the one before.

import type { ShardState } from '../../state/shard-state.ts'
import type { ChunkReader, ChunkWriter } from '../chunk.ts'
import { varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

type Parts<T> = {
  readonly code: number
  /** What is kept of a user, by their dense index. */
  readonly thingsOf: (state: ShardState, user: number) => Iterable<T>
  /** The most that one takes, without the number of its user. */
  readonly bytesMaxOf: (thing: T) => number
  readonly write: (writer: ChunkWriter, thing: T) => void
  readonly read: (state: ShardState, user: number, reader: ChunkReader) => void
}

export function userSection<T>({ code, thingsOf, bytesMaxOf, write, read }: Parts<T>): Section {
  return {
    code,

    write({ state, users }, writer) {
      writer.begin(code)
      let previous = 0
      for (const [number, user] of users.entries()) {
        for (const thing of thingsOf(state, user)) {
          if (writer.record(varintBytesMax + bytesMaxOf(thing))) previous = 0
          writer.integer(number - previous)
          write(writer, thing)
          previous = number
        }
      }
    },

    isWanted: ({ isHosted }) => isHosted,

    read({ state, users }, reader) {
      let number = 0
      while (!reader.isAtEnd) {
        number += reader.integer()
        read(state, users[number]!, reader)
      }
    },
  }
}
