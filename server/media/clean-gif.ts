// What stays of a GIF: its colors, its frames with their times, and how often they are shown. Comments, texts, and
// what programs keep in it for themselves go, and so does all behind its end.
//
//   GIF89a, size | colors | 21 F9 times | 2C place, colors, lengths and data | ... | 21 FE comment | 3B
//
// Source: CompuServe, GIF89a Specification, 1990; the loop of Netscape's application extension.

import { upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { filePartsMax } from './limits.ts'
import type { Cleaned } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'

const [extension, image, trailer] = [0x21, 0x2c, 0x3b]
const [graphicControl, application] = [0xf9, 0xff]
const loops = new Set(['NETSCAPE2.0', 'ANIMEXTS1.0'])

export async function cleanGif(file: FileBytes): Promise<Cleaned | undefined> {
  const reader = new ReadAhead(file)
  const pieces = new Pieces()
  const head = await reader.at(0, 13)
  if (head.length < 13) return undefined
  let at = 13 + colorsBytes(head[10]!)
  pieces.keep(0, at)
  for (let part = 0; part < filePartsMax; part++) {
    const block = await reader.at(at, 14)
    if (block.length === 0 || at > file.bytes) return undefined
    const kind = block[0]
    if (kind === trailer) {
      pieces.keep(at, at + 1)
      return { pieces, orientation: upright }
    }
    const body = kind === image ? imageStart(block) : kind === extension ? 2 : -1
    if (body < 0) return undefined
    const end = await endOfData(reader, at + body)
    if (end < 0) return undefined
    if (kind === image || isKept(block)) pieces.keep(at, end)
    at = end
  }
  return undefined
}

/** Bytes of a table of colors, by the flags that say whether there is one. */
function colorsBytes(flags: number): number {
  return (flags & 0x80) === 0 ? 0 : 3 << ((flags & 7) + 1)
}

/** Where the data of a frame begin: behind its place, its colors, and the size of its codes. */
function imageStart(block: Buffer): number {
  return block.length < 10 ? -1 : 10 + colorsBytes(block[9]!) + 1
}

function isKept(block: Buffer): boolean {
  if (block[1] === graphicControl) return true
  return block[1] === application && block[2] === 11 && loops.has(block.toString('latin1', 3, 14))
}

/** Behind a row of lengths and data that ends with a length of 0; -1 where it does not end. */
async function endOfData(reader: ReadAhead, start: number): Promise<number> {
  let at = start
  for (;;) {
    const window = await reader.from(at)
    if (window.length === 0) return -1
    let place = 0
    while (place < window.length) {
      const length = window[place]!
      place += length + 1
      if (length === 0) return at + place
    }
    at += place
  }
}
