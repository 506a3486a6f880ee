// What stays of a WebP: the picture or its frames, their transparency, the color profile, and how it is turned.
//
//   RIFF length WEBP | VP8X length flags, width, height | ICCP | ANIM | ANMF ... | EXIF | XMP
//
// Source: WebP container specification (RFC 9649, section 2).

import type { Orientation } from './exif.ts'
import { orientationOf, tiffOf, upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { filePartsMax } from './limits.ts'
import type { Cleaned } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'

const kept = new Set(['VP8X', 'VP8 ', 'VP8L', 'ALPH', 'ANIM', 'ANMF', 'ICCP'])
const [exifFlag, xmpFlag] = [0x08, 0x04]
const headBytes = 12
const chunkHeadBytes = 8
const exifBytesMax = 0xffff

type Found = {
  readonly stays: Pieces
  /** Where the flags are; -1 in a file of the simple kind, which has no metadata either. */
  readonly flagsAt: number
  readonly flags: number
  readonly orientation: Orientation
}

export async function cleanWebp(file: FileBytes): Promise<Cleaned | undefined> {
  const found = await chunksOf(file)
  if (found === undefined) return undefined
  const body = bodyOf(found)
  const pieces = new Pieces()
  if (isAllBehindHead(body, file.bytes)) {
    pieces.keep(0, file.bytes)
  } else {
    const head = Buffer.alloc(headBytes)
    head.write('RIFF\0\0\0\0WEBP', 'latin1')
    head.writeUInt32LE(body.bytes + 4, 4)
    pieces.add(head)
    for (const piece of body.all) pieces.put(piece)
  }
  return { pieces, orientation: found.flagsAt < 0 ? upright : found.orientation }
}

function isAllBehindHead({ all }: Pieces, bytes: number): boolean {
  const [first] = all
  return (
    all.length === 1 && first?.kind === 'stretch' && first.to - first.from === bytes - headBytes
  )
}

async function chunksOf(file: FileBytes): Promise<Found | undefined> {
  const reader = new ReadAhead(file)
  const end = headBytes - 4 + (await reader.at(4, 4)).readUInt32LE(0)
  if (end > file.bytes) return undefined
  const stays = new Pieces()
  let [flagsAt, flags] = [-1, 0]
  let orientation: Orientation = upright
  let at = headBytes
  for (let part = 0; part < filePartsMax; part++) {
    if (at >= end) return { stays, flagsAt, flags, orientation }
    const head = await reader.at(at, chunkHeadBytes + 1)
    if (head.length < chunkHeadBytes) return undefined
    const name = head.toString('latin1', 0, 4)
    const length = head.readUInt32LE(4)
    // An odd length has a byte more behind it, which some leave out at the end.
    const next = Math.min(at + chunkHeadBytes + length + (length & 1), end)
    if (at + chunkHeadBytes + length > end) return undefined
    if (name === 'VP8X' && length > 0) [flagsAt, flags] = [at + chunkHeadBytes, head[8]!]
    if (name === 'EXIF' && length <= exifBytesMax - chunkHeadBytes) {
      const chunk = await reader.at(at, chunkHeadBytes + length)
      orientation = orientationOf(chunk.subarray(chunkHeadBytes))
    }
    if (kept.has(name)) stays.keep(at, next)
    at = next
  }
  return undefined
}

/** What comes behind the head: with flags that say what is there. */
function bodyOf({ stays, flagsAt, flags, orientation }: Found): Pieces {
  const isTurned = orientation !== upright && flagsAt >= 0
  const right = (flags & ~(exifFlag | xmpFlag)) | (isTurned ? exifFlag : 0)
  const body = new Pieces()
  for (const piece of stays.all) {
    const isElsewhere = piece.kind !== 'stretch' || flagsAt < piece.from || flagsAt >= piece.to
    if (isElsewhere || right === flags) {
      body.put(piece)
      continue
    }
    body.keep(piece.from, flagsAt)
    body.add(Buffer.from([right]))
    body.keep(flagsAt + 1, piece.to)
  }
  if (isTurned) body.add(exifChunk(orientation))
  return body
}

function exifChunk(orientation: Orientation): Buffer {
  const tiff = tiffOf(orientation)
  const head = Buffer.alloc(chunkHeadBytes)
  head.write('EXIF', 'latin1')
  head.writeUInt32LE(tiff.length, 4)
  return Buffer.concat([head, tiff])
}
