// Whether a process leaks: the verdict on its readings. Pure.
//
// A line is fitted to the readings of each measure. What counts is how much it rises over the time that it
// was watched, and of that the part which is certain: three standard errors of the slope are taken off, so
// that the saw teeth of a garbage collector are no leak. It is one where this is more than what the
// measure may rise by.
//
//   allowed = what a process without a leak wanders by  +  what it has to keep for each post
//
// The first part is a sum, not a rate: caches, compiled code and heaps fill up once, however long the run.
// So a run of minutes finds a leak of megabytes a minute and a run of hours one of megabytes an hour: the
// longer, the finer. The second part is what is no leak: a tweet's body and text, its place in the timelines,
// the operation that is remembered for an hour for its retries, its entry in the log, of which the pages
// that were read lately count as the process's own.

import type { Measure, Reading } from '../cluster/health.ts'
import type { Line } from './least-squares.ts'
import { fitLine } from './least-squares.ts'

/** In the unit of the measure. */
export type RiseLimit = { readonly allowed: number; readonly perPost: number }

const mebibyte = 1024 * 1024

/** By how much a measure may rise while a process is watched. */
export const riseLimits: Readonly<Record<Measure, RiseLimit>> = {
  // Memory that the allocator keeps after a burst, code that is compiled late, pages of the log's file.
  // A shard's resident memory grew by 1,050 to 1,110 bytes for each of 180,000 posts of mixed length.
  residentBytes: { allowed: 64 * mebibyte, perPost: 1_536 },
  // V8 lets the heap grow for a while before it collects the old part of it. Of the same posts, each took
  // 125 to 165 bytes of a shard's heap.
  heapBytes: { allowed: 32 * mebibyte, perPost: 256 },
  // Connections come and go between two readings; a leak of one a second is 16 in as many seconds.
  descriptors: { allowed: 16, perPost: 0 },
  // A list that only grows makes each turn of the loop longer. What is less than this can be the work of
  // other programs on the machine: on a busy one, look at the lag of all processes before believing it.
  lagSeconds: { allowed: 0.1, perPost: 0 },
}

/** The first readings, in which caches fill and code is compiled: they say nothing about a leak. */
const settlingShare = 0.25
/** With fewer readings after that, a line says nothing. */
export const readingsMin = 20
/** Standard errors of the slope that are taken off. */
const certainty = 3

export type Rise = {
  readonly process: string
  readonly measure: Measure
  readonly line: Line
  /** Of the line over its span. */
  readonly rise: number
  /** The part of it that is certain, 0 at least. */
  readonly certainRise: number
  readonly allowedRise: number
  readonly isLeak: boolean
}

/**
 * The rise of every measure of a process; empty where there are too few readings to tell.
 * @param watched.posts tweets that the server has stored meanwhile
 */
export function risesOf(watched: {
  readonly process: string
  readonly readings: readonly Reading[]
  readonly posts: number
}): Rise[] {
  const { process, readings, posts } = watched
  const settled = readings.slice(Math.ceil(readings.length * settlingShare))
  return (Object.keys(riseLimits) as Measure[]).flatMap((measure) => {
    const points = settled.flatMap((reading) => {
      const value = reading[measure]
      return value === undefined ? [] : [[reading.atSeconds, value] as const]
    })
    if (points.length < readingsMin) return []
    const line = fitLine(points)
    const certainRise = Math.max(0, (line.slope - certainty * line.slopeError) * line.span)
    const { allowed, perPost } = riseLimits[measure]
    // Of the posts, only those count that came while the line was drawn.
    const allowedRise = allowed + perPost * posts * (1 - settlingShare)
    const rise = line.slope * line.span
    return [
      { process, measure, line, rise, certainRise, allowedRise, isLeak: certainRise > allowedRise },
    ]
  })
}
