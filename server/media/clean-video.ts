// What stays of a video: everything at its place. Its tables say at which byte of the file each frame is, so what
// has to go (where it was taken, with what, its covers and comments) is made empty space of the same length.
//
//   MP4    moov > udta, meta, uuid;  moov > trak > the same;  tracks that are neither seen nor heard: metadata and
//          subtitles, where a camera or a drone was by the second, and the time of day; and the samples of such
//          a track, which stand in mdat between those of the others
//   WebM   Segment > Tags, Attachments
//
// Source: ISO/IEC 14496-12, sections 8.1.2, 8.10 and 8.11; RFC 8794, section 11.3.2; RFC 9559, section 5.1.

import { setImmediate } from 'node:timers/promises'
import { upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { filePartsMax, partsPerTurnMax, piecesMax, tracksRemovedMax } from './limits.ts'
import type { Cleaned } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Range } from './track-samples.ts'
import { samplesOf } from './track-samples.ts'
import type { Node, ReadNode, Walked } from './video-dimensions.ts'
import { nodesOf, readBox, readElement } from './video-dimensions.ts'

const mp4Path = new Set(['moov', 'trak', 'mdia'])
const mp4Removed = new Set(['udta', 'meta', 'uuid'])
/** Segment; Tags, Attachments. */
const webmPath = new Set(['18538067'])
const webmRemoved = new Set(['1254c367', '1941a469'])

/** The handlers of tracks that are seen or heard. What the others hold may be anything. */
const shownHandlers = new Set(['vide', 'soun', 'auxv'])
/** Those of subtitles, which are left in a film in fragments: their samples are not followed there. */
const subtitleHandlers = new Set(['text', 'sbtl', 'subt', 'subp', 'clcp'])

export async function cleanMp4(file: FileBytes): Promise<Cleaned | undefined> {
  let track: Node | undefined
  const isFragmented = await hasFragments(file)
  const data: Node[] = []
  const select = async (node: Node, reader: FileBytes): Promise<Node | undefined> => {
    if (node.id === 'trak') track = node
    if (node.id === 'mdat') data.push(node)
    if (node.id !== 'hdlr') return mp4Removed.has(node.id) ? node : undefined
    if (track === undefined || node.to > track.to) return undefined
    const handler = (await reader.read(node.from, 12)).toString('latin1', 8, 12)
    const isLeft = isFragmented && subtitleHandlers.has(handler)
    return isLeft || shownHandlers.has(handler) ? undefined : track
  }
  const tree: Tree = { read: readBox, path: mp4Path, walked: ['all'], select, emptySpace: freeBox }
  const removed = await removedOf(file, tree)
  if (removed === undefined) return undefined
  const tracks = removed.filter(({ id }) => id === 'trak')
  // The tables of a fragment are not followed.
  if (tracks.length > 0 && isFragmented) return undefined
  const samples = await samplesIn(file, { tracks, data })
  return samples === undefined ? undefined : await without([...removed, ...samples], { file, tree })
}

async function hasFragments(file: FileBytes): Promise<boolean> {
  const tree = { read: readBox, path: new Set<string>(), stepsMax: filePartsMax }
  const nodes = nodesOf(readingAhead(file), tree)
  for await (const { id } of nodes) if (id === 'moof') return true
  return false
}

/**
 * The samples of tracks, as stretches without a head; undefined where some are not in the file's data, or all of
 * them together in more places than a cleaned file may have pieces: they are counted before anything is sorted.
 */
async function samplesIn(
  file: FileBytes,
  { tracks, data }: { readonly tracks: readonly Node[]; readonly data: readonly Node[] },
): Promise<Node[] | undefined> {
  if (tracks.length > tracksRemovedMax) return undefined
  const ranges: Range[] = []
  for (const track of tracks) {
    const samples = await samplesOf(file, track)
    if (samples === undefined || ranges.length + samples.length > piecesMax) return undefined
    for (const range of samples) ranges.push(range)
  }
  // They are sorted in a turn of their own.
  await setImmediate()
  ranges.sort((left, right) => left.from - right.from)
  return await stretchesOf(ranges, data)
}

/** Ranges in the order of the file, each byte once, neighbors as one; undefined where some are not in its data. */
async function stretchesOf(
  ranges: readonly Range[],
  data: readonly Node[],
): Promise<Node[] | undefined> {
  const stretches: Node[] = []
  let place = 0
  for (const [step, { from, to }] of ranges.entries()) {
    if (step % partsPerTurnMax === 0) await setImmediate()
    const last = stretches.at(-1)
    const isNext = last === undefined || from > last.to
    if (!isNext) stretches.pop()
    const stretch = isNext
      ? { id: 'samples', head: from, from, to }
      : { ...last, to: Math.max(last.to, to) }
    stretches.push(stretch)
    while (place < data.length && data[place]!.to < stretch.to) place++
    const box = data[place]
    if (box === undefined || stretch.from < box.from) return undefined
  }
  return stretches
}

export async function cleanWebm(file: FileBytes): Promise<Cleaned | undefined> {
  const select = (node: Node) => Promise.resolve(webmRemoved.has(node.id) ? node : undefined)
  const tree: Tree = {
    read: readElement,
    path: webmPath,
    // A recording that was broken off ends within a cluster.
    walked: ['all', 'cut-short'],
    select,
    emptySpace: voidElement,
  }
  const removed = await removedOf(file, tree)
  return removed === undefined ? undefined : await without(removed, { file, tree })
}

type Tree = {
  readonly read: ReadNode
  readonly path: ReadonlySet<string>
  /** How far it has to be followed. */
  readonly walked: readonly Walked[]
  /** What has to go because of a node: itself, or one that it is in. */
  select(node: Node, reader: FileBytes): Promise<Node | undefined>
  /** Empty space in the place of a node. */
  emptySpace(pieces: Pieces, node: Node): void
}

/** What has to go, as the tree selects it; undefined where the file cannot be followed. */
async function removedOf(file: FileBytes, tree: Tree): Promise<Node[] | undefined> {
  const reader = readingAhead(file)
  const removed: Node[] = []
  const nodes = nodesOf(reader, { ...tree, stepsMax: filePartsMax })
  for (;;) {
    const next = await nodes.next()
    if (next.done === true) {
      if (!tree.walked.includes(next.value)) return undefined
      break
    }
    const node = await tree.select(next.value, reader)
    if (node === undefined) continue
    // What goes with a whole track has not to go on its own.
    while (removed.length > 0 && removed.at(-1)!.head >= node.head) removed.pop()
    removed.push(node)
    if (removed.length > piecesMax) return undefined
  }
  return removed
}

function readingAhead(file: FileBytes): FileBytes {
  const ahead = new ReadAhead(file)
  return { bytes: file.bytes, read: (offset, length) => ahead.at(offset, length) }
}

/** A file without some of its nodes; undefined where that is more pieces than it may have. */
async function without(
  removed: readonly Node[],
  { file, tree }: { readonly file: FileBytes; readonly tree: Tree },
): Promise<Cleaned | undefined> {
  const pieces = new Pieces()
  let at = 0
  const inOrder = [...removed].sort((left, right) => left.head - right.head)
  for (const [place, node] of inOrder.entries()) {
    if (place % partsPerTurnMax === 0) await setImmediate()
    if (pieces.isTooMany) return undefined
    // One that is inside of what is gone.
    if (node.head < at) continue
    pieces.keep(at, node.head)
    tree.emptySpace(pieces, node)
    at = node.to
  }
  pieces.keep(at, file.bytes)
  return { pieces, orientation: upright }
}

/** A box keeps its length, and says that it is free; samples have no head. */
function freeBox(pieces: Pieces, { head, from, to }: Node): void {
  if (from > head) {
    pieces.keep(head, head + 4)
    pieces.add(Buffer.from('free', 'latin1'))
    pieces.keep(head + 8, from)
  }
  pieces.addZeros(to - from)
}

const voidId = 0xec
const longHeadBytes = 9
const shortHeadBytes = 2

/** An element that is void, with a length that takes one byte or eight. */
function voidElement(pieces: Pieces, { head, to }: Node): void {
  const bytes = to - head
  const isShort = bytes - shortHeadBytes < 0x7f
  const start = Buffer.alloc(isShort ? shortHeadBytes : longHeadBytes)
  start[0] = voidId
  if (isShort) {
    start[1] = 0x80 | (bytes - shortHeadBytes)
  } else {
    start[1] = 0x01
    start.writeUIntBE(bytes - longHeadBytes, 3, 6)
  }
  pieces.add(start)
  pieces.addZeros(bytes - start.length)
}
