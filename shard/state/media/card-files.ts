// Card files: which media files a user's card shows, as avatar and as header. They are counted like those of
// tweets (file-uses.ts), so that none is removed while a profile shows it.

import { mediaPathPrefix, mediaTypeOf } from '../../../protocol/media.ts'

/**
 * The ids of the files. Most cards show none, and are not decoded for it.
 * @param card encoded
 * @param fieldOf decodes one of its fields
 */
export function filesOfCard(
  card: Uint8Array,
  fieldOf: (name: string) => unknown,
): readonly string[] {
  if (Buffer.prototype.indexOf.call(card, pathBytes) < 0) return []
  return ['avatarUrl', 'headerUrl'].flatMap((name) => {
    const url = (fieldOf(name) as string | undefined) ?? ''
    const id = url.startsWith(mediaPathPrefix) ? url.split('/')[3]! : ''
    return mediaTypeOf(id) === undefined ? [] : [id]
  })
}

/** A bio may hold the same by chance. */
const pathBytes = Buffer.from(mediaPathPrefix)
