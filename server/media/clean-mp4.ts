// What stays of an MP4: what is needed to show it, at its place (clean-tree.ts). Where and when it was taken, with what,
// its covers and comments, and every box that is not known become free space; what is in free space becomes zeros.
//
//   ftyp, styp
//   moov > mvhd, mvex, iods
//          trak > tkhd, edts, tref, trgr
//                 mdia > mdhd, hdlr, elng
//                        minf > dinf, the head of its kind
//                               stbl > tables
//   moof > mfhd, traf > its tables
//   mdat, mfra, sidx, ssix, pdin
//
// The times in mvhd, tkhd and mdhd become zeros, the name in hdlr as well, and that of the encoder in stsd. Tracks that
// are neither seen nor heard go: metadata and subtitles, where a camera or a drone was by the second, and the time of
// day; and the samples of such a track, which stand in mdat between those of the others. Of what is known, `prft` (the
// time of day) and `emsg` (what a program likes to say) go, too.
//
// Source: ISO/IEC 14496-12, sections 4.2, 8.1 to 8.8, 8.10, 8.11, 8.16 and 12.1.3.

import { setImmediate } from 'node:timers/promises'
import type { Tree } from './clean-tree.ts'
import { goneOf, notZeros, readingAhead, without } from './clean-tree.ts'
import type { FileBytes } from './file-bytes.ts'
import {
  filePartsMax,
  partsPerTurnMax,
  partsReadBytes,
  piecesMax,
  tracksRemovedMax,
} from './limits.ts'
import type { Cleaned, Pieces } from './pieces.ts'
import type { Range } from './track-samples.ts'
import { eachPlace, samplesOf } from './track-samples.ts'
import type { Node } from './video-dimensions.ts'
import { nodesOf, readBox } from './video-dimensions.ts'

const names = (text: string): ReadonlySet<string> => new Set(text.split(' '))

/** What stays of a box, by its name; '' is the file. */
const kept = new Map([
  ['', names('ftyp styp moov mdat moof mfra sidx ssix pdin')],
  ['moov', names('mvhd trak mvex iods')],
  ['trak', names('tkhd edts tref trgr mdia')],
  ['mdia', names('mdhd hdlr elng minf')],
  ['minf', names('vmhd smhd hmhd sthd nmhd dinf stbl')],
  [
    'stbl',
    names(
      'stsd stts ctts cslg stsc stsz stz2 stco co64 stss stsh padb stdp sdtp sbgp sgpd subs saiz saio',
    ),
  ],
  ['moof', names('mfhd traf')],
  ['traf', names('tfhd tfdt trun sdtp sbgp sgpd subs saiz saio senc')],
])
const path = new Set([...kept.keys()].filter((name) => name !== ''))
const freeSpace = names('free skip wide')

/** The handlers of tracks that are seen or heard. What the others hold may be anything. */
const shownHandlers = names('vide soun auxv')
/** Those of subtitles, which are left in a film in fragments: their samples are not followed there. */
const subtitleHandlers = names('text sbtl subt subp clcp')

export async function cleanMp4(file: FileBytes): Promise<Cleaned | undefined> {
  const isFragmented = await hasFragments(file)
  const film = new Film(isFragmented)
  const found = await goneOf(file, film)
  if (found === undefined) return undefined
  // A film that was cut has places that are not there.
  for (const table of found.end < file.bytes ? film.places : []) {
    if (!(await eachPlace(readingAhead(file), table, (place) => place < found.end)))
      return undefined
  }
  const tracks = found.gone.filter(({ id }) => id === 'trak')
  // The tables of a fragment are not followed.
  if (tracks.length > 0 && isFragmented) return undefined
  const samples = await samplesIn(file, { tracks, data: film.data })
  if (samples === undefined) return undefined
  const unused = isFragmented ? [] : await unusedOf(file, film)
  return await without({ ...found, gone: [...found.gone, ...samples, ...unused] }, film)
}

/** Data behind all tables that none of them refers to, as where its own were cut off: it may be anything. */
async function unusedOf(
  file: FileBytes,
  { data, places, tablesEnd }: Film,
): Promise<readonly Node[]> {
  const unused = new Set(data.filter(({ head }) => head >= tablesEnd))
  if (unused.size === 0) return []
  const boxAt = (place: number): Node | undefined => {
    let low = 0
    let high = data.length
    while (low < high) {
      const middle = (low + high) >>> 1
      if (data[middle]!.to <= place) low = middle + 1
      else high = middle
    }
    return data[low]
  }
  for (const table of places) {
    await eachPlace(readingAhead(file), table, (place) => {
      const box = boxAt(place)
      if (box !== undefined && box.from <= place) unused.delete(box)
      return unused.size > 0
    })
  }
  return [...unused]
}

async function hasFragments(file: FileBytes): Promise<boolean> {
  const tree = { read: readBox, path: new Set<string>(), stepsMax: filePartsMax }
  const nodes = nodesOf(readingAhead(file), tree)
  for await (const { id } of nodes) if (id === 'moof') return true
  return false
}

/** The boxes of one file, as they come by. */
class Film implements Tree {
  readonly read = readBox
  readonly path = path
  readonly walked = ['all'] as const
  readonly stepsMax = filePartsMax
  readonly emptySpace = freeBox
  /** Where the samples lie. */
  readonly data: Node[] = []
  /** Tables of where chunks begin. */
  readonly places: Node[] = []
  /** Where the last box that describes the film ends. */
  tablesEnd = 0
  readonly #isFragmented: boolean
  #track: Node | undefined
  #handler = ''

  constructor(isFragmented: boolean) {
    this.#isFragmented = isFragmented
  }

  async select(node: Node, parent: string, reader: FileBytes): Promise<readonly Node[]> {
    if (freeSpace.has(node.id)) return await notZeros(reader, node.from, node.to)
    if (kept.get(parent)?.has(node.id) !== true) return [node]
    switch (node.id) {
      case 'trak':
        this.#track = node
        this.#handler = ''
        return []
      case 'moov':
        this.tablesEnd = node.to
        return []
      case 'mdat':
        this.data.push(node)
        return []
      case 'stco':
      case 'co64':
        this.places.push(node)
        return []
      case 'mvhd':
      case 'tkhd':
      case 'mdhd':
        return await timesOf(node, reader)
      case 'hdlr':
        return await this.#ofHandler(node, reader)
      case 'stsd':
        return this.#handler === 'vide' ? await encodersOf(node, reader) : []
      default:
        return []
    }
  }

  /** Its whole track, or its name. */
  async #ofHandler({ from, to }: Node, reader: FileBytes): Promise<readonly Node[]> {
    const track = this.#track
    if (track === undefined || to > track.to) return []
    this.#handler = (await reader.read(from, 12)).toString('latin1', 8, 12)
    const isLeft = this.#isFragmented && subtitleHandlers.has(this.#handler)
    if (!isLeft && !shownHandlers.has(this.#handler)) return [track]
    return await notZeros(reader, from + 12, to)
  }
}

/** When it was made and changed, behind version and flags: 64 bits each in version 1, 32 before it. */
async function timesOf({ from, to }: Node, reader: FileBytes): Promise<readonly Node[]> {
  const [version] = await reader.read(from, 1)
  return await notZeros(reader, from + 4, Math.min(from + (version === 1 ? 20 : 12), to))
}

/** The names of encoders, 32 bytes in each description of pictures. */
async function encodersOf({ from, to }: Node, reader: FileBytes): Promise<readonly Node[]> {
  const body = await reader.read(from, Math.min(to - from, partsReadBytes))
  const found: Node[] = []
  // Behind version, flags and count.
  for (let at = 8; at + descriptionBytes <= body.length; ) {
    const length = body.readUInt32BE(at)
    if (length < descriptionBytes) break
    const name = from + at + encoderAt
    found.push(...(await notZeros(reader, name, name + 32)))
    at += length
  }
  return found
}

const descriptionBytes = 86
const encoderAt = 50

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

/** A box keeps its length, and says that it is free. */
function freeBox(pieces: Pieces, { head, from, to }: Node): void {
  pieces.keep(head, head + 4)
  pieces.add(Buffer.from('free', 'latin1'))
  pieces.keep(head + 8, from)
  pieces.addZeros(to - from)
}
