// What stays of a WebM: what is needed to show it, at its place (clean-tree.ts). When it was recorded, its title, its
// chapters, tags, attached files and everything unknown become void; the programs that made it, whose names have to be
// there, are named by nothing.
//
//   EBML
//   Segment > Info > TimestampScale, Duration, MuxingApp and WritingApp
//             Tracks > TrackEntry, without its name and that of its codec
//             SeekHead, Cues, Cluster
//
// A recording that was broken off ends with its last whole block. Clusters whose length is not known, as browsers
// record them, are followed block by block: otherwise they would go on to the end of the file, whatever is there.
//
// Source: RFC 8794, sections 6.2, 7.4 and 11.3; RFC 9559, section 5.1.

import { goneOf, notZeros, without } from './clean-tree.ts'
import type { FileBytes } from './file-bytes.ts'
import { blocksMax } from './limits.ts'
import type { Cleaned, Pieces } from './pieces.ts'
import type { Node } from './video-dimensions.ts'
import { readElement, readElementHead } from './video-dimensions.ts'

const [segment, info, tracks, trackEntry] = ['18538067', '1549a966', '1654ae6b', 'ae']
const [cluster, voidName] = ['1f43b675', 'ec']
/** MuxingApp, WritingApp. */
const programs = new Set(['4d80', '5741'])

const kept = new Map([
  ['', new Set(['1a45dfa3', segment])],
  [
    segment,
    // SeekHead, Cues; of clusters Timestamp, SilentTracks, Position, PrevSize, SimpleBlock, BlockGroup.
    new Set(
      [info, tracks, cluster, '114d9b74', '1c53bb6b'].concat(
        ...['e7', '5854', 'a7', 'ab', 'a3', 'a0'],
      ),
    ),
  ],
  // TimestampScale, Duration.
  [info, new Set(['2ad7b1', '4489', ...programs])],
  [tracks, new Set([trackEntry])],
])
/** Of a track: Name, CodecName, CodecSettings, CodecInfoURL, CodecDownloadURL, AttachmentLink; CRC-32. */
const trackRemoved = new Set(['536e', '258688', '3a9697', '3b4040', '26b240', '7446', 'bf'])

const tree = {
  read: readFlat,
  path: new Set([segment, info, tracks, trackEntry]),
  walked: ['all', 'cut-short'],
  stepsMax: blocksMax,
  async select(node: Node, parent: string, reader: FileBytes): Promise<readonly Node[]> {
    if (node.id === voidName || programs.has(node.id)) {
      return await notZeros(reader, node.from, node.to)
    }
    const isKept =
      parent === trackEntry ? !trackRemoved.has(node.id) : kept.get(parent)?.has(node.id)
    return isKept === true ? [] : [node]
  },
  emptySpace: voidElement,
} as const

export async function cleanWebm(file: FileBytes): Promise<Cleaned | undefined> {
  const found = await goneOf(file, tree)
  return found === undefined ? undefined : await without(found, tree)
}

/** What is in a cluster that does not end, or ends behind the file, is next to it. */
async function readFlat(file: FileBytes, at: number, end: number): Promise<Node | undefined> {
  const node = await readElement(file, at, end)
  if (node !== undefined && (node.id !== cluster || node.isEndless !== true)) return node
  const head = await readElementHead(file, at)
  return head?.id === cluster && head.from <= end ? { ...head, to: head.from } : undefined
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
