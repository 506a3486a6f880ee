// What stays of a file that is a tree of named parts, as videos are: everything at its place. Its tables say at which
// byte of the file each frame is, so what has to go becomes empty space of the same length.
//
//   [a][b ............... ][c][d]xxxx     what hangs on behind the last part is cut off
//      [e][f][g]xx
//
// A part stays where it is known to be needed, says the format. What is no part is made zeros.

import { setImmediate } from 'node:timers/promises'
import { upright } from './exif.ts'
import type { FileBytes } from './file-bytes.ts'
import { partsPerTurnMax, partsReadBytes, piecesMax } from './limits.ts'
import type { Cleaned } from './pieces.ts'
import { Pieces } from './pieces.ts'
import { ReadAhead } from './read-ahead.ts'
import type { Node, ReadNode, Walked } from './video-dimensions.ts'
import { nodesOf } from './video-dimensions.ts'

export type Tree = {
  readonly read: ReadNode
  readonly path: ReadonlySet<string>
  /** How far it has to be followed. */
  readonly walked: readonly Walked[]
  /** Parts that are followed; a file of more is refused. */
  readonly stepsMax: number
  /**
   * What has to go because of a node: itself, one that it is in, or stretches of it without a head.
   * @param parent the id of what it is in, '' for the file
   */
  select(node: Node, parent: string, reader: FileBytes): Promise<readonly Node[]>
  /** Empty space in the place of a node. */
  emptySpace(pieces: Pieces, node: Node): void
}

/** `end`: where the last part of the file ends. */
export type Found = { readonly gone: readonly Node[]; readonly end: number }

/** What has to go, as the tree selects it; undefined where the file cannot be followed. */
export async function goneOf(file: FileBytes, tree: Tree): Promise<Found | undefined> {
  const reader = readingAhead(file)
  const gone: Node[] = []
  const open: Node[] = []
  let at = 0
  const nodes = nodesOf(reader, tree)
  for (;;) {
    const next = await nodes.next()
    if (next.done === true) {
      if (!tree.walked.includes(next.value)) return undefined
      break
    }
    const node = next.value
    while (open.length > 0 && node.head >= open.at(-1)!.to) open.pop()
    const parent = open.at(-1)?.id ?? ''
    const found = await tree.select(node, parent, reader)
    for (const one of [...(await notZeros(reader, at, node.head)), ...found]) {
      // What goes with a whole track has not to go on its own.
      while (gone.length > 0 && gone.at(-1)!.head >= one.head) gone.pop()
      gone.push(one)
    }
    if (gone.length > piecesMax) return undefined
    const isEntered = tree.path.has(node.id)
    if (isEntered) open.push(node)
    at = isEntered ? node.from : node.to
  }
  // What says its own length keeps it.
  const ends = open.flatMap(({ to, isEndless }) => (isEndless === true ? [] : [to]))
  const end = Math.max(at, ...ends)
  return { gone: [...gone, ...(await notZeros(reader, at, end))], end }
}

/** The bytes from `from` up to `to` as what has to go, without a head; nothing where they are zeros already. */
export async function notZeros(
  reader: FileBytes,
  from: number,
  to: number,
): Promise<readonly Node[]> {
  if (to <= from) return []
  if (to - from <= zeros.length) {
    const bytes = await reader.read(from, to - from)
    if (bytes.equals(zeros.subarray(0, to - from))) return []
  }
  return [{ id: 'bytes', head: from, from, to }]
}

const zeros = Buffer.alloc(partsReadBytes)

/** The same file, read a window at a time; others get their turn in between. */
export function readingAhead(file: FileBytes): FileBytes {
  const ahead = new ReadAhead(file)
  return { bytes: file.bytes, read: (offset, length) => ahead.at(offset, length) }
}

/** A file without some of its nodes; undefined where that is more pieces than it may have. */
export async function without(
  { gone, end }: Found,
  tree: Pick<Tree, 'emptySpace'>,
): Promise<Cleaned | undefined> {
  const pieces = new Pieces()
  let at = 0
  const inOrder = [...gone].sort((left, right) => left.head - right.head)
  for (const [place, node] of inOrder.entries()) {
    if (place % partsPerTurnMax === 0) await setImmediate()
    if (pieces.isTooMany) return undefined
    // One that is inside of what is gone.
    if (node.head < at) continue
    pieces.keep(at, node.head)
    if (node.head === node.from) pieces.addZeros(node.to - node.from)
    else tree.emptySpace(pieces, node)
    at = node.to
  }
  pieces.keep(at, end)
  return { pieces, orientation: upright }
}
