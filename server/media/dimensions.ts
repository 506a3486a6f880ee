// How wide and high a photo is, read from where its format says so. Nothing is decoded.
//
// The input is hostile: every step moves forward, there are only so many, and what does not fit is
// 'broken', which the sender is told.

import type { MediaType } from '../../protocol/media.ts'
import type { FileBytes, Size } from './file-bytes.ts'
import { formatStepsMax } from './limits.ts'
import { mp4Size, webmSize } from './video-dimensions.ts'

/** @returns undefined where the file does not say it as its format wants: it is broken */
export async function sizeOf(type: MediaType, file: FileBytes): Promise<Size | undefined> {
  const size = await readers[type](file)
  return size !== undefined && size.width > 0 && size.height > 0 ? size : undefined
}

const readers: Record<MediaType, (file: FileBytes) => Promise<Size | undefined>> = {
  jpg: jpegSize,
  png: pngSize,
  gif: gifSize,
  webp: webpSize,
  mp4: mp4Size,
  webm: webmSize,
}

async function pngSize(file: FileBytes): Promise<Size | undefined> {
  const head = await file.read(0, 24)
  if (head.length < 24 || head.toString('latin1', 12, 16) !== 'IHDR') return undefined
  return { width: head.readUInt32BE(16), height: head.readUInt32BE(20) }
}

async function gifSize(file: FileBytes): Promise<Size | undefined> {
  const head = await file.read(0, 10)
  if (head.length < 10) return undefined
  return { width: head.readUInt16LE(6), height: head.readUInt16LE(8) }
}

/** Source: the WebP container specification, and RFC 6386 and 9649 for what is inside. */
async function webpSize(file: FileBytes): Promise<Size | undefined> {
  const head = await file.read(0, 30)
  if (head.length < 30) return undefined
  switch (head.toString('latin1', 12, 16)) {
    case 'VP8 ':
      if (head.readUIntBE(23, 3) !== 0x9d012a) return undefined
      return { width: head.readUInt16LE(26) & 0x3fff, height: head.readUInt16LE(28) & 0x3fff }
    case 'VP8L': {
      if (head[20] !== 0x2f) return undefined
      const bits = head.readUInt32LE(21)
      return { width: (bits & 0x3fff) + 1, height: ((bits >>> 14) & 0x3fff) + 1 }
    }
    case 'VP8X':
      return { width: head.readUIntLE(24, 3) + 1, height: head.readUIntLE(27, 3) + 1 }
    default:
      return undefined
  }
}

/** Segments up to the frame header (ITU-T T.81, B.1). Photos may have a long profile before it. */
async function jpegSize(file: FileBytes): Promise<Size | undefined> {
  let at = 2
  for (let step = 0; step < formatStepsMax; step++) {
    const head = await file.read(at, 9)
    if (head.length < 9 || head[0] !== 0xff) return undefined
    const marker = head[1]!
    // A marker may have fill bytes before it, and some have nothing behind.
    if (marker === 0xff) at += 1
    else if (marker === 0x01 || (marker >= 0xd0 && marker <= 0xd8)) at += 2
    else if (isFrame(marker)) {
      return { width: head.readUInt16BE(7), height: head.readUInt16BE(5) }
    } else {
      const length = head.readUInt16BE(2)
      // The scan or the end before any frame: there is no picture.
      if (marker === 0xd9 || marker === 0xda || length < 2) return undefined
      at += 2 + length
    }
  }
  return undefined
}

function isFrame(marker: number): boolean {
  const isOther = marker === 0xc4 || marker === 0xc8 || marker === 0xcc
  return marker >= 0xc0 && marker <= 0xcf && !isOther
}
