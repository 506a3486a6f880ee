// The thumbnail of a photo that has just come: made and stored before the photo itself.

import { createHash } from 'node:crypto'
import { readFile, rm } from 'node:fs/promises'
import { mediaTypes } from '../../protocol/media.ts'
import type { WholeFile } from './incoming-file.ts'
import { thumbnailSideMax } from './limits.ts'
import type { MediaStore } from './media-store.ts'
import { thumbnailContentType, thumbnailName } from './media-store.ts'
import type { Thumbnails } from './thumbnails.ts'

/** A photo that is small already needs none, a video has none; then nothing is stored. */
export async function storeThumbnail(
  { mediaId, file }: { readonly mediaId: string; readonly file: WholeFile },
  { store, thumbnails }: { readonly store: MediaStore; readonly thumbnails: Thumbnails },
): Promise<void> {
  const { width, height } = file.size
  const isSmall = Math.max(width, height) <= thumbnailSideMax
  if (mediaTypes[file.type].kind !== 'photo' || isSmall) return
  const path = `${file.path}.thumbnail`
  try {
    const bytes = await thumbnails.make(file.path, path)
    if (bytes === undefined) return
    // Some ten kilobytes.
    const sha256 = createHash('sha256')
      .update(await readFile(path))
      .digest('hex')
    await store.put(thumbnailName(mediaId), {
      path,
      bytes,
      contentType: thumbnailContentType,
      sha256,
    })
  } finally {
    await rm(path, { force: true })
  }
}
