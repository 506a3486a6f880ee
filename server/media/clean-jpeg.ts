// What stays of a JPEG: tables, frame and scans, the color profile, and how it is turned.
//
//   FFD8 | FFE0 length JFIF | FFE1 length EXIF | FFDB ... | FFDA length head, entropy-coded data | ... | FFD9
//
// Source: ITU-T T.81, annex B; JFIF 1.02 (ITU-T T.871); ICC.1, annex B.4.

import type { Orientation } from './exif.ts'
import { exifMark, orientationOf, tiffOf, upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { formatStepsMax } from './limits.ts'
import type { Cleaned, Piece } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'

const [startOfImage, endOfImage, startOfScan] = [0xd8, 0xd9, 0xda]
const [app0, app1, app2, app14, app15] = [0xe0, 0xe1, 0xe2, 0xee, 0xef]
const [firstExtension, comment] = [0xf0, 0xfe]
/** Marker, length, `JFIF\0`, version, unit, densities: what follows is a small picture. */
const jfifBytes = 18

type Segment = { readonly marker: number; readonly at: number; readonly end: number }

export async function cleanJpeg(file: FileBytes): Promise<Cleaned | undefined> {
  const cleaner = new JpegCleaner(file)
  return (await cleaner.run()) ? cleaner.result() : undefined
}

class JpegCleaner {
  readonly #file: ReadAhead
  readonly #pieces = new Pieces()
  /** The head of the kind that nearly all have, which has to come first. */
  #jfif: Piece | undefined
  #orientation: Orientation | undefined
  #hasScan = false

  constructor(file: FileBytes) {
    this.#file = new ReadAhead(file)
  }

  result(): Cleaned {
    const orientation = this.#orientation ?? upright
    const pieces = new Pieces()
    pieces.keep(0, 2)
    if (this.#jfif !== undefined) pieces.put(this.#jfif)
    if (orientation !== upright) pieces.add(exifSegment(orientation))
    for (const piece of this.#pieces.all) pieces.put(piece)
    return { pieces, orientation }
  }

  /** @returns whether it was followed up to its end */
  async run(): Promise<boolean> {
    let at = 2
    for (let step = 0; step < formatStepsMax; step++) {
      const head = await this.#file.at(at, 4)
      const marker = head[1]
      if (head[0] !== 0xff || marker === undefined) return false
      if (marker === endOfImage) {
        this.#pieces.keep(at, at + 2)
        return this.#hasScan
      }
      // Fill bytes before a marker, and markers without anything behind them.
      if (marker === 0xff) at += 1
      else if (marker === 0x01 || (marker >= 0xd0 && marker <= startOfImage)) at += 2
      else {
        const length = head.length < 4 ? 0 : head.readUInt16BE(2)
        const end = at + 2 + length
        if (length < 2 || end > this.#file.bytes) return false
        await this.#take({ marker, at, end })
        at = marker === startOfScan ? await this.#takeScan(end) : end
      }
    }
    return false
  }

  async #take({ marker, at, end }: Segment): Promise<void> {
    if (marker === startOfScan) this.#hasScan = true
    const isApplication = marker >= app0 && marker <= app15
    const isOther = marker >= firstExtension && marker <= comment
    if (!isApplication && !isOther) this.#pieces.keep(at, end)
    else if (isApplication) await this.#takeApplication({ marker, at, end })
  }

  async #takeApplication({ marker, at, end }: Segment): Promise<void> {
    const body = await this.#file.at(at, Math.min(end - at, 0xffff))
    const name = body.toString('latin1', 4, 16)
    if (marker === app0 && name.startsWith('JFIF\0') && body.length >= jfifBytes) {
      this.#jfif ??=
        end - at === jfifBytes
          ? { kind: 'stretch', from: at, to: end }
          : { kind: 'bytes', bytes: withoutPicture(body) }
    } else if (marker === app1 && name.startsWith('Exif\0')) {
      this.#orientation ??= orientationOf(body.subarray(4))
    } else if (
      (marker === app2 && name.startsWith('ICC_PROFILE\0')) ||
      (marker === app14 && name.startsWith('Adobe'))
    ) {
      this.#pieces.keep(at, end)
    }
  }

  /** The data of a scan, up to the next marker that is none of its own. @returns where that is */
  async #takeScan(from: number): Promise<number> {
    let at = from
    for (;;) {
      const window = await this.#file.from(at)
      const end = endOfScan(window)
      if (end >= 0 || window.length < 2) {
        const found = at + Math.max(end, 0)
        this.#pieces.keep(from, found)
        return found
      }
      // The last byte may be the first of a marker.
      at += window.length - 1
    }
  }
}

/** Where in a window a marker begins that ends the scan; -1 where none does. */
function endOfScan(window: Buffer): number {
  let at = window.indexOf(0xff)
  while (at >= 0 && at < window.length - 1) {
    const next = window[at + 1]!
    const isData = next === 0x00 || (next >= 0xd0 && next <= 0xd7)
    if (!isData && next !== 0xff) return at
    at = window.indexOf(0xff, isData ? at + 2 : at + 1)
  }
  return -1
}

/** @param segment longer than its fixed part, for the small picture that follows */
function withoutPicture(segment: Buffer): Buffer {
  const jfif = Buffer.from(segment.subarray(0, jfifBytes))
  jfif.writeUInt16BE(jfifBytes - 2, 2)
  jfif.fill(0, jfifBytes - 2)
  return jfif
}

function exifSegment(orientation: Orientation): Buffer {
  const body = Buffer.concat([exifMark, tiffOf(orientation)])
  const head = Buffer.from([0xff, app1, 0, 0])
  head.writeUInt16BE(body.length + 2, 2)
  return Buffer.concat([head, body])
}
