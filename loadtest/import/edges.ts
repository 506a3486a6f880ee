// Where the edges of an import come from: a file, or a made-up graph. Either way a window at a time, so that
// a graph may be far larger than memory.

import { createReadStream, openSync, readSync, statSync } from 'node:fs'
import { EdgeLines } from '../people/population.ts'
import type { Random } from '../std/random.ts'

/** Pairs of labels: `a` follows `b`. The first `count` hold, until the next window is asked for. */
export type EdgeWindow = {
  readonly from: Float64Array
  readonly to: Float64Array
  count: number
}

export type Edges = {
  /** For a progress bar: as many as there seem to be. */
  readonly estimate: number
  readonly windows: AsyncIterable<EdgeWindow> | Iterable<EdgeWindow>
}

/** What is read of a file at a time, and of its start for the estimate. */
const chunkBytes = 1024 * 1024
const sampleBytes = 64 * 1024
/** A line of an edge takes four bytes at least, and may be two edges. */
const windowEdgesMax = chunkBytes / 2
/** Edges of a window of a made-up graph. */
const madeEdgesMax = 128 * 1024
/** How much more the first users of a made-up graph are followed: see `madeEdges`. */
const skew = 3

/**
 * The edge list of a file: see `readGraph` for its form. Throws GraphError with the number of a line that
 * is not an edge.
 */
export function fileEdges(path: string, options: { readonly isDirected: boolean }): Edges {
  const each = options.isDirected ? 1 : 2
  return { estimate: each * estimateLines(path), windows: windowsOf(path, options) }
}

async function* windowsOf(
  path: string,
  { isDirected }: { readonly isDirected: boolean },
): AsyncIterable<EdgeWindow> {
  const window = makeWindow(windowEdgesMax + 2)
  const add = (from: number, to: number): void => {
    window.from[window.count] = from
    window.to[window.count++] = to
  }
  const lines = new EdgeLines((from, to) => {
    add(from, to)
    if (!isDirected) add(to, from)
  })
  for await (const chunk of createReadStream(path, { highWaterMark: chunkBytes })) {
    lines.read(chunk as Buffer)
    yield window
    window.count = 0
  }
  lines.end()
  yield window
}

/** By the length of the first lines. */
function estimateLines(path: string): number {
  const sample = Buffer.alloc(sampleBytes)
  const file = openSync(path, 'r')
  const read = readSync(file, sample, 0, sampleBytes, 0)
  let lines = 1
  for (let offset = 0; offset < read; offset++) if (sample[offset] === 0x0a) lines++
  return Math.ceil((statSync(path).size / Math.max(1, read)) * lines)
}

/**
 * A graph of `nodes` users who follow about `followsEach` each. Whom they follow has the shape of a power law:
 * the users are cut into as many pieces as each follows, small ones at the front, and everybody follows one
 * of each piece; so nobody follows anybody twice, and the first users have by far the most followers.
 */
export function madeEdges(
  random: Random,
  size: { readonly nodes: number; readonly followsEach: number },
): Edges {
  const { nodes } = size
  const followsEach = Math.min(size.followsEach, nodes)
  return { estimate: nodes * followsEach, windows: madeWindows(random, { nodes, followsEach }) }
}

function* madeWindows(
  random: Random,
  { nodes, followsEach }: { readonly nodes: number; readonly followsEach: number },
): Iterable<EdgeWindow> {
  const window = makeWindow(madeEdgesMax + followsEach)
  const starts: number[] = [0]
  for (let piece = 1; piece < followsEach; piece++) {
    const wanted = Math.floor(nodes * (piece / followsEach) ** skew)
    // Every piece has one user at least, and leaves one for each that follows.
    starts.push(Math.min(Math.max(wanted, starts[piece - 1]! + 1), nodes - followsEach + piece))
  }
  starts.push(nodes)
  for (let node = 0; node < nodes; node++) {
    for (let piece = 0; piece < followsEach; piece++) {
      const start = starts[piece]!
      window.from[window.count] = node
      window.to[window.count++] = start + random.below(starts[piece + 1]! - start)
    }
    if (window.count < madeEdgesMax) continue
    yield window
    window.count = 0
  }
  yield window
}

function makeWindow(room: number): EdgeWindow {
  return { from: new Float64Array(room), to: new Float64Array(room), count: 0 }
}
