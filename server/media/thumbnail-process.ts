// The process that decodes photos: apart from the gateway, because a photo is a stranger's, and a decoder is a
// large program in a language that forgives nothing. If one of them ends it, the others go on.
//
// It makes one thumbnail at a time, and ends with the gateway. sharp is optional: without it every answer is
// that there is no thumbnail.

import { makeLog } from '../../protocol/std/log.ts'
import { runProcess } from '../../protocol/std/run.ts'
import { photoPixelsMax, thumbnailSideMax } from './limits.ts'
import type { ThumbnailMade } from './thumbnail-messages.ts'
import { isMakeThumbnail } from './thumbnail-messages.ts'

/** Of the WebP that comes out: smaller is not seen at this size. */
const quality = 80

runProcess(async ({ parent }) => {
  const make = await loadMaker()
  let last: Promise<void> = Promise.resolve()
  parent?.onMessage((message) => {
    if (!isMakeThumbnail(message)) return
    const { number, from, to } = message
    last = last
      .then(() => make(from, to))
      .then(
        (bytes) => ({ bytes }),
        (error: unknown) => ({ reason: String(error).slice(0, 200) }),
      )
      .then((outcome) => {
        const made: ThumbnailMade = { type: 'made', number, ...outcome }
        parent.send(made)
      })
  })
  const log = makeLog({ name: 'thumbnails', level: 'warn', isPretty: false })
  return { log, drain: () => last }
})

/** What makes a thumbnail of one file into another, and says how many bytes it has. */
async function loadMaker(): Promise<(from: string, to: string) => Promise<number>> {
  try {
    const { default: sharp } = await import('sharp')
    sharp.cache(false)
    sharp.concurrency(1)
    const options = {
      limitInputPixels: photoPixelsMax,
      failOn: 'error',
      sequentialRead: true,
    } as const
    const side = { width: thumbnailSideMax, height: thumbnailSideMax } as const
    return async (from, to) => {
      const { size } = await sharp(from, options)
        .rotate()
        .resize({ ...side, fit: 'inside', withoutEnlargement: true })
        .webp({ quality })
        .toFile(to)
      return size
    }
  } catch (error) {
    // Not installed, or not for this machine: everything else works without.
    const reason = new Error('sharp cannot be loaded', { cause: error })
    return () => Promise.reject(reason)
  }
}
