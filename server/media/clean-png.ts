// What stays of a PNG: the picture, its frames, colors and density, and how it is turned. Texts, times, and what
// nobody has heard of go, and so does all behind its end.
//
//   signature | length, IHDR, data, check | ... | IDAT ... | IEND
//
// Source: W3C, Portable Network Graphics (third edition), sections 5 and 11.

import { crc32 } from 'node:zlib'
import type { Orientation } from './exif.ts'
import { orientationOf, tiffOf, upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { filePartsMax } from './limits.ts'
import type { Cleaned } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'

const critical = ['IHDR', 'PLTE', 'IDAT', 'IEND']
const colors = ['cHRM', 'cICP', 'cLLI', 'cLLi', 'gAMA', 'iCCP', 'mDCV', 'mDCv', 'sBIT', 'sRGB']
const others = ['acTL', 'bKGD', 'fcTL', 'fdAT', 'hIST', 'pHYs', 'sPLT', 'tRNS']
const kept = new Set([...critical, ...colors, ...others])

const signatureBytes = 8
/** Signature and IHDR: what says how it is turned comes right behind. */
const headBytes = signatureBytes + 25
const overheadBytes = 12
const exifBytesMax = 0xffff

export async function cleanPng(file: FileBytes): Promise<Cleaned | undefined> {
  const reader = new ReadAhead(file)
  const stays = new Pieces()
  let orientation: Orientation = upright
  let at = signatureBytes
  for (let part = 0; part < filePartsMax; part++) {
    const head = await reader.at(at, 8)
    if (head.length < 8) return undefined
    const name = head.toString('latin1', 4, 8)
    const end = at + overheadBytes + head.readUInt32BE(0)
    if (end > file.bytes || (part === 0) !== (name === 'IHDR')) return undefined
    if (name === 'eXIf' && end - at <= exifBytesMax) {
      orientation = orientationOf((await reader.at(at, end - at)).subarray(8, -4))
    }
    if (kept.has(name)) stays.keep(at, end)
    // A part without which the picture cannot be shown, and that nobody knows.
    else if (/^[A-Z]/.test(name)) return undefined
    if (name === 'IEND') return { pieces: whole(stays, orientation), orientation }
    at = end
  }
  return undefined
}

function whole(stays: Pieces, orientation: Orientation): Pieces {
  const pieces = new Pieces()
  pieces.keep(0, headBytes)
  if (orientation !== upright) pieces.add(exifChunk(orientation))
  for (const piece of stays.all) {
    pieces.put(
      piece.kind === 'stretch' ? { ...piece, from: Math.max(piece.from, headBytes) } : piece,
    )
  }
  return pieces
}

function exifChunk(orientation: Orientation): Buffer {
  const tiff = tiffOf(orientation)
  const chunk = Buffer.alloc(overheadBytes + tiff.length)
  chunk.writeUInt32BE(tiff.length, 0)
  chunk.write('eXIf', 4, 'latin1')
  tiff.copy(chunk, 8)
  chunk.writeUInt32BE(crc32(chunk.subarray(4, -4)), chunk.length - 4)
  return chunk
}
