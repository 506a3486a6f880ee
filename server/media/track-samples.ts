// Where the samples of an MP4's track lie in the file: its tables say how long each sample is, how many of them
// stand together in a chunk, and where each chunk begins.
//
//   trak > mdia > minf > stbl > stsz, stz2   bytes of each sample, or of all
//                               stsc         samples of each chunk, from some chunk on
//                               stco, co64   the place of each chunk
//
// Source: ISO/IEC 14496-12, sections 8.7.3 to 8.7.5.

import { setImmediate } from 'node:timers/promises'
import type { FileBytes } from './file-bytes.ts'
import { partsPerTurnMax, partsReadBytes, piecesMax, trackEntriesMax } from './limits.ts'
import type { Node } from './video-dimensions.ts'
import { nodesOf, readBox } from './video-dimensions.ts'

export type Range = { readonly from: number; readonly to: number }

/**
 * @returns what the samples take of the file, chunk by chunk; undefined where the tables cannot be followed, or
 * it is in more places than a cleaned file may have pieces
 */
export async function samplesOf(file: FileBytes, track: Node): Promise<Range[] | undefined> {
  const tables = await openTables(file, track)
  if (tables === undefined) return undefined
  const { sizes, runs, places } = tables
  const ranges: Range[] = []
  let [sample, run, samplesEach] = [0, 0, 0]
  for (let chunk = 0; chunk < places.count && sample < sizes.count; chunk++) {
    if (chunk % partsPerTurnMax === 0) await setImmediate()
    // Chunks are counted from 1 there.
    while (run < runs.count && runs.number(run) <= chunk + 1) samplesEach = runs.number(run++, 1)
    const next = Math.min(sample + samplesEach, sizes.count)
    const from = places.number(chunk)
    const to = from + sizes.sum(sample, next)
    const last = ranges.at(-1)
    if (last?.to === from) ranges[ranges.length - 1] = { from: last.from, to }
    else if (to > from) ranges.push({ from, to })
    if (ranges.length > piecesMax) return undefined
    sample = next
  }
  return sample === sizes.count ? ranges : undefined
}

/**
 * Visits where each chunk of a table (stco, co64) of any length begins, until `visit` says no.
 * @returns whether all were visited
 */
export async function eachPlace(
  file: FileBytes,
  { id, from, to }: Node,
  visit: (place: number) => boolean,
): Promise<boolean> {
  const bytesEach = id === 'co64' ? 8 : 4
  const head = await file.read(from, 8)
  if (head.length < 8) return false
  const last = Math.min(to, from + 8 + head.readUInt32BE(4) * bytesEach)
  for (let at = from + 8; at + bytesEach <= last; at += partsReadBytes) {
    const bytes = await file.read(at, Math.min(partsReadBytes, last - at))
    for (let row = 0; row + bytesEach <= bytes.length; row += bytesEach) {
      const place = bytesEach === 8 ? Number(bytes.readBigUInt64BE(row)) : bytes.readUInt32BE(row)
      if (!visit(place)) return false
    }
  }
  return true
}

const tablePath = new Set(['mdia', 'minf', 'stbl'])
const tableNames = new Set(['stsz', 'stz2', 'stsc', 'stco', 'co64'])

async function openTables(file: FileBytes, track: Node) {
  const boxes = new Map<string, Node>()
  for await (const node of nodesOf(file, { read: readBox, path: tablePath, within: track })) {
    // Of two that say the same nobody knows which one counts.
    const name = node.id === 'co64' ? 'stco' : node.id === 'stz2' ? 'stsz' : node.id
    if (!tableNames.has(node.id)) continue
    if (boxes.has(name)) return undefined
    boxes.set(name, node)
  }
  const [stco, stsc, stsz] = ['stco', 'stsc', 'stsz'].map((name) => boxes.get(name))
  if (stco === undefined || stsc === undefined || stsz === undefined) return undefined
  const bits = stco.id === 'co64' ? 64 : 32
  const places = await Table.open(file, stco, { countAt: 4, bits })
  const runs = await Table.open(file, stsc, { countAt: 4, bits: 32, columns: 3 })
  const sizes = await Sizes.open(file, stsz)
  if (places === undefined || runs === undefined || sizes === undefined) return undefined
  return { places, runs, sizes }
}

/** Numbers of one length behind a head that ends with how many rows there are. */
class Table {
  readonly count: number
  readonly #bytes: Buffer
  readonly #bits: number
  readonly #columns: number

  private constructor(bytes: Buffer, shape: { count: number; bits: number; columns: number }) {
    this.count = shape.count
    this.#bytes = bytes
    this.#bits = shape.bits
    this.#columns = shape.columns
  }

  /** @returns undefined where it does not hold what it says, or more than is followed */
  static async open(
    file: FileBytes,
    node: Node,
    { countAt, bits, columns = 1 }: { countAt: number; bits: number; columns?: number },
  ): Promise<Table | undefined> {
    const from = node.from + countAt + 4
    if (from > node.to) return undefined
    const count = (await file.read(from - 4, 4)).readUInt32BE()
    const length = Math.ceil((count * columns * bits) / 8)
    if (count > trackEntriesMax || from + length > node.to) return undefined
    return new Table(await file.read(from, length), { count, bits, columns })
  }

  number(row: number, column = 0): number {
    const at = ((row * this.#columns + column) * this.#bits) / 8
    if (this.#bits === 32) return this.#bytes.readUInt32BE(at)
    if (this.#bits === 64) return Number(this.#bytes.readBigUInt64BE(at))
    if (this.#bits === 16) return this.#bytes.readUInt16BE(at)
    const byte = this.#bytes[Math.floor(at)]!
    if (this.#bits === 8) return byte
    return Number.isInteger(at) ? byte >>> 4 : byte & 0xf
  }
}

/** How long samples are: a table, unless all are of one length. */
class Sizes {
  readonly count: number
  readonly #of: Table | number

  private constructor(count: number, of: Table | number) {
    this.count = count
    this.#of = of
  }

  static async open(file: FileBytes, node: Node): Promise<Sizes | undefined> {
    const head = await file.read(node.from, 12)
    if (node.to - node.from < 12 || head.length < 12) return undefined
    const each = head.readUInt32BE(4)
    const isCompact = node.id === 'stz2'
    if (!isCompact && each > 0) return new Sizes(head.readUInt32BE(8), each)
    const bits = isCompact ? each & 0xff : 32
    if (![4, 8, 16, 32].includes(bits)) return undefined
    const table = await Table.open(file, node, { countAt: 8, bits })
    return table === undefined ? undefined : new Sizes(table.count, table)
  }

  /** Of the samples from `from` up to `to`. */
  sum(from: number, to: number): number {
    if (typeof this.#of === 'number') return (to - from) * this.#of
    let bytes = 0
    for (let sample = from; sample < to; sample++) bytes += this.#of.number(sample)
    return bytes
  }
}
