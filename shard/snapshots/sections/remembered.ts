// Remembered operations, in the order of the log, which is the order in which they are forgotten.

import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/** Record: code of the operation, id of the actor, the client's key, what it made, and when. */
export const rememberedSection: Section = {
  code: 8,

  write({ state, partition }, writer) {
    writer.begin(rememberedSection.code)
    for (const done of state.remembered(partition).entries()) {
      writer.record(4 * varintBytesMax + bytesMaxOf(done.operationId))
      writer.integer(done.operation)
      writer.integer(done.actor)
      writer.text(done.operationId)
      writer.integer(done.result)
      writer.integer(done.timeMs)
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, partition }, reader) {
    const remembered = state.remembered(partition)
    while (!reader.isAtEnd) {
      const operation = reader.integer()
      const actor = reader.integer()
      const operationId = reader.text()
      const result = reader.integer()
      remembered.restore({ operation, actor, operationId, result, timeMs: reader.integer() })
    }
  },
}
