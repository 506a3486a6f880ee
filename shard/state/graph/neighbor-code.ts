// The codes of a neighbor list: ascending indexes written as gaps, in half bytes. Used by NeighborTree
// and its like only. Positions are counted in half bytes, the lower one of a byte first.
//
//     neighbors     7         9         40000            40001
//     gaps          7         1         39990            0         (what lies between, so never negative)
//     half bytes    3         3         5                3
//
// The lowest bits of the first half byte tell the length, the rest is the gap, lowest bits first:
//
//     0111  3 half bytes,  8 bits     ..01  5 half bytes, 18 bits     1111  9 half bytes, 32 bits
//     ...0  4 half bytes, 15 bits     .011  6 half bytes, 21 bits
//
// What a shorter code can tell, a longer one need not: each begins to count where the one before it ends, but for
// the longest.
//
// With 200 neighbors out of 10 million the mean gap is 50,000: whole bytes need 2.51 bytes a gap there, these
// codes 2.25, and a code exact to the bit (Rice, Elias-Fano) would need 2.15, but is read bit by bit.
//
// A code is read as one word, which may reach up to seven bytes behind it: there is always a free unit behind
// the last block of a page (slab.ts).
//
// Promises: two neighboring gaps and the mark between them never take fewer half bytes than the gap they
// join to, so a removal never lengthens a list.

import type { Window } from '../memory/slab.ts'

/** The marks of two codes of three half bytes, one after the other: nearly all of a celebrity's are such. */
const pairMask = 0xf00f
const pairMarks = 0x7007

/** Half bytes of the longest code. */
export const CODE_LENGTH_MAX = 9

/** The first gaps that are too large for three, four, five and six half bytes. */
const above3 = 2 ** 8
const above4 = above3 + 2 ** 15
const above5 = above4 + 2 ** 18
const above6 = above5 + 2 ** 21

/** Where codes lie: from one half byte up to, not including, another. */
type Span = { readonly from: number; readonly end: number }

/** What a reading may reach over, and what a reader must not go by that another thread has misled. */
const bytesBehind = 8

/** Where a search in a list ended. One is kept and used again: a search allocates nothing. */
export class Cursor {
  /** Position of the code that was found; the end of the list if all neighbors are smaller. */
  at = 0
  /** Half bytes of that code, 0 at the end. */
  length = 0
  /** The neighbor before it, -1 if it is the first. */
  previous = -1
  /** The neighbor itself: the first that is not below the target; -1 at the end. */
  value = -1

  /** Finds the first neighbor >= `target` in a list. */
  seek({ view }: Window, { from, end }: Span, target: number): void {
    const last = lastOf(view, end)
    let at = from
    let previous = -1
    while (at < last) {
      const code = codeAt(view, at)
      let gap: number
      let length: number
      if ((code & 1) === 0) {
        gap = above3 + ((code >>> 1) & 0x7fff)
        length = 4
      } else if ((code & 2) === 0) {
        gap = above4 + ((code >>> 2) & 0x3_ffff)
        length = 5
      } else {
        gap = otherGap(view, at, code)
        length = otherLength(code)
      }
      const value = previous + 1 + gap
      if (value >= target) {
        this.at = at
        this.length = length
        this.previous = previous
        this.value = value
        return
      }
      previous = value
      at += length
    }
    this.at = end
    this.length = 0
    this.previous = previous
    this.value = -1
  }
}

/**
 * Writes neighbors from `from` on into `out[count]` and following, while they are below `to` and
 * `out` has room. `previous` is the neighbor before `from`, or -1. Returns the new count.
 */
export function decodeInto(
  { view }: Window,
  list: Span & { previous: number; to: number },
  out: Uint32Array,
  count: number,
): number {
  const { to } = list
  const end = lastOf(view, list.end)
  const room = out.length
  let at = list.from
  let value = list.previous
  let filled = count
  while (at < end && filled < room) {
    const code = codeAt(view, at)
    if ((code & 1) === 0) {
      value += 1 + above3 + ((code >>> 1) & 0x7fff)
      at += 4
    } else if ((code & 2) === 0) {
      value += 1 + above4 + ((code >>> 2) & 0x3_ffff)
      at += 5
    } else if ((code & pairMask) === pairMarks && at + 3 < end && filled + 1 < room) {
      value += 1 + ((code >>> 4) & 0xff)
      if (value >= to) break
      out[filled++] = value
      value += 1 + ((code >>> 16) & 0xff)
      at += 6
    } else {
      value += 1 + otherGap(view, at, code)
      at += otherLength(code)
    }
    if (value >= to) break
    out[filled++] = value
  }
  return filled
}

/** The gap at `at`. */
export function gapAt({ view }: Window, at: number): number {
  const code = codeAt(view, at)
  if ((code & 1) === 0) return above3 + ((code >>> 1) & 0x7fff)
  return (code & 2) === 0 ? above4 + ((code >>> 2) & 0x3_ffff) : otherGap(view, at, code)
}

/** The half bytes of the code that begins at `at`. */
export function lengthAt({ view }: Window, at: number): number {
  const code = codeAt(view, at)
  if ((code & 1) === 0) return 4
  return (code & 2) === 0 ? 5 : otherLength(code)
}

/** The half bytes that the code of a gap takes. */
export function lengthOf(gap: number): number {
  if (gap < above3) return 3
  if (gap < above4) return 4
  if (gap < above5) return 5
  return gap < above6 ? 6 : 9
}

/** Writes the code of a gap below 2^32, and nothing beside it. Returns the position after it. */
export function writeGap({ octets }: Window, at: number, gap: number): number {
  if (gap < above3) return writeBits(octets, at, { bits: (gap << 4) | 7, length: 3 })
  if (gap < above4) return writeBits(octets, at, { bits: (gap - above3) << 1, length: 4 })
  if (gap < above5) return writeBits(octets, at, { bits: ((gap - above4) << 2) | 1, length: 5 })
  if (gap < above6) return writeBits(octets, at, { bits: ((gap - above5) << 3) | 3, length: 6 })
  return writeBits(octets, writeBits(octets, at, { bits: 15, length: 1 }), { bits: gap, length: 8 })
}

/**
 * Copies codes to `to`, also within one list. The half bytes right before `to` and right behind the copy may
 * be overwritten: what belongs there is written afterwards.
 */
export function copyCodes(
  { octets: source }: Window,
  { from, end }: Span,
  { octets: target }: Window,
  to: number,
): void {
  const first = to >>> 1
  const shift = to - from
  const afterLast = (end + shift + 1) >>> 1
  if (from >= end) return
  if ((shift & 1) === 0) {
    if (source === target) target.copyWithin(first, from >>> 1, (end + 1) >>> 1)
    else target.set(source.subarray(from >>> 1, (end + 1) >>> 1), first)
    return
  }
  // Each byte is made of the upper half of one and the lower half of the next.
  const back = (shift + 1) >> 1
  if (source === target && to > from) {
    let upper = source[afterLast - back]!
    for (let at = afterLast - 1; at >= first; at--) {
      const lower = source[at - back]!
      target[at] = (lower >>> 4) | (upper << 4)
      upper = lower
    }
    return
  }
  let lower = source[first - back]!
  for (let at = first; at < afterLast; at++) {
    const upper = source[at - back + 1]!
    target[at] = (lower >>> 4) | (upper << 4)
    lower = upper
  }
}

/** Seven half bytes at least from `at` on. */
function codeAt(view: DataView, at: number): number {
  return view.getUint32(at >>> 1, true) >>> ((at & 1) << 2)
}

/** Where reading ends: at `end`, which is anywhere while another thread makes a change. */
function lastOf(view: DataView, end: number): number {
  return Math.min(end, (view.byteLength - bytesBehind) * 2)
}

/** The gap of a code that is not one of the two most frequent lengths. */
function otherGap(view: DataView, at: number, code: number): number {
  if ((code & 4) === 0) return above5 + ((code >>> 3) & 0x1f_ffff)
  if ((code & 8) === 0) return (code >>> 4) & 0xff
  const low = codeAt(view, at + 1) & 0xffff
  return ((codeAt(view, at + 5) << 16) | low) >>> 0
}

function otherLength(code: number): number {
  if ((code & 4) === 0) return 6
  return (code & 8) === 0 ? 3 : 9
}

function writeBits(
  octets: Uint8Array,
  at: number,
  { bits, length }: { readonly bits: number; readonly length: number },
): number {
  const end = at + length
  let byte = at >>> 1
  let rest = bits
  let left = length
  if ((at & 1) !== 0) {
    octets[byte] = (octets[byte]! & 0x0f) | (rest << 4)
    byte++
    rest >>>= 4
    left--
  }
  for (; left > 1; left -= 2) {
    octets[byte++] = rest
    rest >>>= 8
  }
  if (left === 1) octets[byte] = (octets[byte]! & 0xf0) | (rest & 0x0f)
  return end
}
