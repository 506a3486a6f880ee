// What a section of a snapshot is: one kind of facts of one partition, how it is written and how it is
// read. Each section is a file beside this one, and a line in index.ts.
//
// The users come first. They are numbered from 0 in the order of their ids, and all other sections name
// a user by that number. Whatever is written goes in the order of users and ids, never in that of dense
// indexes: so equal facts give equal bytes, whoever writes them.

import type { Partition } from '../../../protocol/ids.ts'
import type { ShardState } from '../../state/shard-state.ts'
import type { ChunkReader, ChunkWriter } from '../chunk.ts'

/** The facts to be written: those of one partition, of a state that hosts it and may know others. */
export type Source = {
  readonly state: ShardState
  readonly partition: Partition
  /** Dense indexes of the users, ascending by id. */
  readonly users: Uint32Array
}

/** The state that is read into, which has its own idea of what it needs. */
export type Target = {
  readonly state: ShardState
  readonly partition: Partition
  /** Dense indexes of the users, in the order of the file. Filled by the section of users. */
  readonly users: number[]
  /** Whether public facts and counts are wanted. */
  readonly isPublic: boolean
  /** Whether what the partition says of its own users is kept. */
  readonly isHosted: boolean
}

export type Section = {
  /** Stands in the head of each of its chunks. That of a retired section is never used again. */
  readonly code: number
  write(source: Source, writer: ChunkWriter): void
  /** Whether a chunk of this group has anything to say to the target. */
  isWanted(target: Target, group: number): boolean
  /** Reads the records of one chunk up to its end. */
  read(target: Target, reader: ChunkReader, group: number): void
}
