// Uploads that are not over by the time of the log, for the host of their owner alone. Which files tweets
// show is not written: it is counted anew from the tweets.

import type { Medium } from '../../../protocol/media.ts'
import { mediaTypeOf, mediaTypes } from '../../../protocol/media.ts'
import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'

/**
 * Record: number of the owner, as the difference to the one before; id of the file; its bytes, width,
 * height; its alt text, which is empty where there is none; when it ends.
 */
export const unattachedMediaSection: Section = {
  code: 160,

  write({ state, users }, writer) {
    writer.begin(unattachedMediaSection.code)
    let previous = 0
    for (const [number, user] of users.entries()) {
      for (const { media, bytes, expiresAtMs } of state.unattachedMedia.listOf(
        state.users.idOf(user),
      )) {
        const { id, width, height, alt = '' } = media
        if (writer.record(5 * varintBytesMax + bytesMaxOf(id) + bytesMaxOf(alt))) previous = 0
        writer.integer(number - previous)
        writer.text(id)
        writer.integer(bytes)
        writer.integer(width)
        writer.integer(height)
        writer.text(alt)
        writer.integer(expiresAtMs)
        previous = number
      }
    }
  },

  isWanted: ({ isHosted }) => isHosted,

  read({ state, users }, reader) {
    let number = 0
    while (!reader.isAtEnd) {
      number += reader.integer()
      const id = reader.text()
      const bytes = reader.integer()
      const media = mediumOf(
        id,
        { width: reader.integer(), height: reader.integer() },
        reader.text(),
      )
      const expiresAtMs = reader.integer()
      const userId = state.users.idOf(users[number]!)
      state.unattachedMedia.put(userId, { media, bytes, expiresAtMs })
    }
  },
}

function mediumOf(id: string, size: { width: number; height: number }, alt: string): Medium {
  const type = mediaTypeOf(id)
  if (type === undefined) throw new RangeError(`${id} is not the id of a medium`)
  return { id, kind: mediaTypes[type].kind, ...size, ...(alt === '' ? {} : { alt }) }
}
