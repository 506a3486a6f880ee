// Uploads that are not over by the time of the log, for the host of their owner alone. Which files tweets
// show is not written: it is counted anew from the tweets.

import type { Medium } from '../../../protocol/media.ts'
import { mediaTypeOf, mediaTypes } from '../../../protocol/media.ts'
import { bytesMaxOf, varintBytesMax } from '../chunk.ts'
import type { Section } from './section.ts'
import { userSection } from './user-section.ts'

/**
 * Behind the number of the owner: id of the file; its bytes, width, height; its alt text, which is empty where
 * there is none; when it ends.
 */
export const unattachedMediaSection: Section = userSection({
  code: 160,
  thingsOf: (state, user) => state.unattachedMedia.listOf(state.users.idOf(user)),
  bytesMaxOf: ({ media: { id, alt = '' } }) =>
    4 * varintBytesMax + bytesMaxOf(id) + bytesMaxOf(alt),

  write(writer, { media, bytes, expiresAtMs }) {
    writer.text(media.id)
    writer.integer(bytes)
    writer.integer(media.width)
    writer.integer(media.height)
    writer.text(media.alt ?? '')
    writer.integer(expiresAtMs)
  },

  read(state, user, reader) {
    const id = reader.text()
    const bytes = reader.integer()
    const size = { width: reader.integer(), height: reader.integer() }
    const media = mediumOf(id, size, reader.text())
    const expiresAtMs = reader.integer()
    state.unattachedMedia.put(state.users.idOf(user), { media, bytes, expiresAtMs })
  },
})

function mediumOf(id: string, size: { width: number; height: number }, alt: string): Medium {
  const type = mediaTypeOf(id)
  if (type === undefined) throw new RangeError(`${id} is not the id of a medium`)
  return { id, kind: mediaTypes[type].kind, ...size, ...(alt === '' ? {} : { alt }) }
}
