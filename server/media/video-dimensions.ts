// How wide and high a video is, from its own tables of contents. Nothing is decoded.
//
//   MP4   moov > trak > tkhd          boxes in boxes (ISO/IEC 14496-12)
//   WebM  Segment > Tracks > TrackEntry > Video > PixelWidth, PixelHeight   (RFC 8794, RFC 9559)
//
// Both are trees whose nodes say their length. Only nodes on the way are entered, all others are stepped over,
// so a file of any size costs some reads; and never more than `formatStepsMax`.

import type { FileBytes, Size } from './file-bytes.ts'
import { formatStepsMax } from './limits.ts'

/**
 * `head`: where it begins; what is inside of it goes from `from` up to `to`. Endless: it does not say its length, and
 * goes on to the end of what it is in.
 */
export type Node = {
  readonly id: string
  readonly head: number
  readonly from: number
  readonly to: number
  readonly isEndless?: boolean
}
/** The node whose head is at a place; undefined where there is none that fits before `end`. */
export type ReadNode = (file: FileBytes, at: number, end: number) => Promise<Node | undefined>

const mp4Path = new Set(['moov', 'trak'])
/** EBML ids of Segment, Tracks, TrackEntry, Video. */
const webmPath = new Set(['18538067', '1654ae6b', 'ae', 'e0'])
const [pixelWidth, pixelHeight] = ['b0', 'ba']

export async function mp4Size(file: FileBytes): Promise<Size | undefined> {
  for await (const { id, from, to } of nodesOf(file, { read: readBox, path: mp4Path })) {
    if (id !== 'tkhd') continue
    const body = await file.read(from, Math.min(to - from, 96))
    // Version 1 has longer times. Width and height are last, in 16.16 fixed point; sound has zeros.
    const at = body[0] === 1 ? 88 : 76
    if (body.length < at + 8) return undefined
    const size = { width: body.readUInt16BE(at), height: body.readUInt16BE(at + 4) }
    if (size.width > 0 && size.height > 0) return size
  }
  return undefined
}

export async function webmSize(file: FileBytes): Promise<Size | undefined> {
  let width = 0
  for await (const { id, from, to } of nodesOf(file, { read: readElement, path: webmPath })) {
    if ((id !== pixelWidth && id !== pixelHeight) || to - from > 4 || to <= from) continue
    const body = await file.read(from, to - from)
    if (body.length < to - from) return undefined
    const value = body.readUIntBE(0, body.length)
    if (id === pixelWidth) width = value
    else if (width > 0) return { width, height: value }
  }
  return undefined
}

/** Whether all nodes were seen, or some were left out: too many steps, or something that is no node. */
export type Walked = 'all' | 'cut-short' | 'not-all'

/**
 * All nodes in the order of the file, without what is inside of those that are not on the path.
 * @param tree.within only what is inside of this one
 */
export async function* nodesOf(
  file: FileBytes,
  tree: {
    readonly read: ReadNode
    readonly path: ReadonlySet<string>
    readonly stepsMax?: number
    readonly within?: { readonly from: number; readonly to: number }
  },
): AsyncGenerator<Node, Walked> {
  const { read, path, stepsMax = formatStepsMax, within = { from: 0, to: file.bytes } } = tree
  let at = within.from
  let isCutShort = false
  const ends = [within.to]
  for (let step = 0; step < stepsMax && ends.length > 0; step++) {
    const end = ends.at(-1)!
    const node = at < end ? await read(file, at, end) : undefined
    if (node === undefined) {
      // What hangs on behind the last node of a file is in nobody's way.
      isCutShort ||= at < end && ends.length > 1
      at = end
      ends.pop()
      continue
    }
    yield node
    if (path.has(node.id) && ends.length < depthMax) {
      ends.push(node.to)
      at = node.from
    } else {
      at = node.to
    }
  }
  if (ends.length > 0) return 'not-all'
  return isCutShort ? 'cut-short' : 'all'
}

/** Deeper than any path. */
const depthMax = 8

export async function readBox(file: FileBytes, at: number, end: number): Promise<Node | undefined> {
  const head = await file.read(at, 16)
  if (head.length < 8) return undefined
  const id = head.toString('latin1', 4, 8)
  let length = head.readUInt32BE(0)
  let from = at + 8
  if (length === 1) {
    if (head.length < 16 || head.readUInt32BE(8) > 0xffff) return undefined
    length = head.readUIntBE(10, 6)
    from = at + 16
  } else if (length === 0) {
    length = end - at
  }
  const to = at + length
  return to < from || to > end ? undefined : { id, head: at, from, to }
}

export async function readElement(
  file: FileBytes,
  at: number,
  end: number,
): Promise<Node | undefined> {
  const head = await readElementHead(file, at)
  if (head === undefined) return undefined
  const { size, ...place } = head
  // A live recording has elements of an unknown size.
  if (size === undefined)
    return place.from > end ? undefined : { ...place, to: end, isEndless: true }
  const to = place.from + size
  return to > end ? undefined : { ...place, to }
}

/** The head of an element, wherever that ends; its size is undefined where it is said to be unknown. */
export async function readElementHead(file: FileBytes, at: number) {
  const head = await file.read(at, 12)
  const idLength = lengthOf(head[0], 4)
  const sizeLength = lengthOf(head[idLength], 8)
  if (idLength === 0 || sizeLength === 0 || head.length < idLength + sizeLength) return undefined
  const from = at + idLength + sizeLength
  const id = head.subarray(0, idLength).toString('hex')
  return { id, head: at, from, size: elementSize(head.subarray(idLength, idLength + sizeLength)) }
}

/** How many bytes a number of EBML has, by its first one: one more than that has zeros in front. */
function lengthOf(first: number | undefined, most: number): number {
  const length = first === undefined ? 9 : Math.clz32(first) - 23
  return length <= most ? length : 0
}

/** @returns undefined where all bits are set: unknown */
function elementSize(bytes: Buffer): number | undefined {
  let value = bytes[0]! & (0xff >>> bytes.length)
  let isUnknown = value === 0xff >>> bytes.length
  for (const byte of bytes.subarray(1)) {
    value = value * 256 + byte
    isUnknown &&= byte === 0xff
  }
  return isUnknown ? undefined : value
}
