// Takes out of a photo or video what its sender did not mean to show: where and when it was taken and with which
// camera, comments, small pictures of the whole, and whatever hangs on behind its end.
//
//   photo.jpg   [SOI][JFIF][EXIF: GPS ...][XMP][profile][tables][scan ...][EOI][a film][a zip]
//   kept        [SOI][JFIF][turned: 6    ]     [profile][tables][scan ...][EOI]
//
// Nothing is decoded, so no pixel changes and it needs no library; what stays is what is known to be needed, so what
// nobody has heard of goes. A file that cannot be followed to its end is refused: it might keep what has to go.

import type { MediaType } from '../../protocol/media.ts'
import { cleanGif } from './clean-gif.ts'
import { cleanJpeg } from './clean-jpeg.ts'
import { cleanMp4 } from './clean-mp4.ts'
import { cleanPng } from './clean-png.ts'
import { cleanWebm } from './clean-webm.ts'
import { cleanWebp } from './clean-webp.ts'
import type { FileBytes } from './file-bytes.ts'
import type { Cleaned } from './pieces.ts'

/** @returns what stays of a file, and how it is turned; undefined where it is broken */
export async function cleaned(type: MediaType, file: FileBytes): Promise<Cleaned | undefined> {
  const result = await cleaners[type](file)
  return result === undefined || result.pieces.isTooMany ? undefined : result
}

const cleaners: Record<MediaType, (file: FileBytes) => Promise<Cleaned | undefined>> = {
  jpg: cleanJpeg,
  png: cleanPng,
  gif: cleanGif,
  webp: cleanWebp,
  mp4: cleanMp4,
  webm: cleanWebm,
}
