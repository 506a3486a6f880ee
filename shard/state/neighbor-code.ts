// The bytes of a neighbor list: ascending indexes written as gaps, one to four bytes each. Used by
// NeighborTree only.
//
//     neighbors     7        9        4000     4001
//     gaps          7        1        3990     0          (what lies between, so never negative)
//     bytes      00011101 00000101  2 bytes  00000001
//
// The lowest bits of the first byte tell the length, the rest is the gap, lowest byte first:
//
//     .......0  2 bytes, 15 bits      ......01  1 byte, 6 bits
//     .....011  3 bytes, 21 bits      .....111  4 bytes, 29 bits
//
// The two-byte form has the shortest mark on purpose. With 200 neighbors out of 10 million the mean
// gap is 50,000: a code of 7 bits a byte needs 2.72 bytes on average there, this one 2.52; with one
// million both need 2.0, and in dense lists both need one. Bit-exact codes (Rice, Elias-Fano) would
// need 2.15 and 1.75, but an insertion then shifts bits and a decoder handles them one by one.
//
// Promises: two neighboring gaps and the mark between them never take fewer bytes than the gap they
// join to, so a removal never lengthens a list.

/** Bytes of the longest code. */
export const CODE_BYTES_MAX = 4

/** Where a search in a list ended. One is kept and used again: a search allocates nothing. */
export class Cursor {
  /** Position of the code that was found; the end of the list if all neighbors are smaller. */
  at = 0
  /** Bytes of that code, 0 at the end. */
  length = 0
  /** The neighbor before it, -1 if it is the first. */
  previous = -1
  /** The neighbor itself: the first that is not below the target; -1 at the end. */
  value = -1

  /** Finds the first neighbor >= `target` in the list at `from` up to, not including, `end`. */
  seek(octets: Uint8Array, { from, end }: { from: number; end: number }, target: number): void {
    let at = from
    let previous = -1
    while (at < end) {
      const first = octets[at]!
      let gap: number
      let length: number
      if ((first & 1) === 0) {
        gap = (first | (octets[at + 1]! << 8)) >>> 1
        length = 2
      } else if ((first & 2) === 0) {
        gap = first >>> 2
        length = 1
      } else {
        length = 3 + ((first >>> 2) & 1)
        gap = longGapAt(octets, at)
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
  octets: Uint8Array,
  list: { from: number; end: number; previous: number; to: number },
  out: Uint32Array,
  count: number,
): number {
  const { end, to } = list
  const room = out.length
  let at = list.from
  let value = list.previous
  let filled = count
  while (at < end && filled < room) {
    const first = octets[at]!
    if ((first & 1) === 0) {
      value += 1 + ((first | (octets[at + 1]! << 8)) >>> 1)
      at += 2
    } else if ((first & 2) === 0) {
      value += 1 + (first >>> 2)
      at += 1
    } else {
      value += 1 + longGapAt(octets, at)
      at += 3 + ((first >>> 2) & 1)
    }
    if (value >= to) break
    out[filled++] = value
  }
  return filled
}

/** The gap at `at`. */
export function gapAt(octets: Uint8Array, at: number): number {
  const first = octets[at]!
  if ((first & 1) === 0) return (first | (octets[at + 1]! << 8)) >>> 1
  return (first & 2) === 0 ? first >>> 2 : longGapAt(octets, at)
}

/** The bytes of the code whose first byte is at `at`. */
export function lengthAt(octets: Uint8Array, at: number): number {
  const first = octets[at]!
  if ((first & 1) === 0) return 2
  return (first & 2) === 0 ? 1 : 3 + ((first >>> 2) & 1)
}

/** The bytes that the code of a gap takes. */
export function lengthOf(gap: number): number {
  if (gap < 64) return 1
  if (gap < 32768) return 2
  return gap < 2 ** 21 ? 3 : 4
}

/** Writes the code of a gap below 2^29. Returns the position after it. */
export function writeGap(octets: Uint8Array, at: number, gap: number): number {
  if (gap < 64) {
    octets[at] = (gap << 2) | 1
    return at + 1
  }
  if (gap < 32768) {
    octets[at] = gap << 1
    octets[at + 1] = gap >>> 7
    return at + 2
  }
  octets[at] = (gap << 3) | (gap < 2 ** 21 ? 3 : 7)
  octets[at + 1] = gap >>> 5
  octets[at + 2] = gap >>> 13
  if (gap < 2 ** 21) return at + 3
  octets[at + 3] = gap >>> 21
  return at + 4
}

function longGapAt(octets: Uint8Array, at: number): number {
  const three = octets[at]! | (octets[at + 1]! << 8) | (octets[at + 2]! << 16)
  return (three & 4) === 0 ? three >>> 3 : (three | (octets[at + 3]! << 24)) >>> 3
}
