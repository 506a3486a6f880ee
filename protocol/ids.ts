// Identifiers: what they hold, how they are made, and what can be read off one.
//
//   52            12 11      4 3    0
//   +---------------+---------+------+
//   | milliseconds  |partition| seq. |   53 bits: always a safe integer, never a BigInt
//   +---------------+---------+------+
//     since 2026-01-01 UTC
//
// An id sorts by time, says on its own where its record lives, and stays below 2^53, so that it is
// a plain JavaScript number on every hot path. In JSON it is a decimal string (clients in other
// languages read JSON numbers as 64-bit floats or as 32-bit integers), in MessagePack an integer.

import { createHash } from 'node:crypto'

declare const brand: unique symbol

/** Identifies a user. The partition inside it is the hash of the lower-case handle. */
export type UserId = number & { readonly [brand]: 'user' }
/** Identifies a tweet. The partition inside it is its author's. */
export type TweetId = number & { readonly [brand]: 'tweet' }
/** 0 to partitionCount - 1: the unit of ownership, replication and movement. */
export type Partition = number

export const idEpochMs = Date.UTC(2026, 0, 1)
export const partitionsMax = 256
export const sequencesPerMs = 16
const idUnitsPerMs = partitionsMax * sequencesPerMs
export const idMax = Number.MAX_SAFE_INTEGER

/** The partition that holds the record of this id. */
export function partitionOfId(id: number): Partition {
  return Math.floor(id / sequencesPerMs) % partitionsMax
}

/** When this id was given out: milliseconds since 1970. */
export function timeOfId(id: number): number {
  return Math.floor(id / idUnitsPerMs) + idEpochMs
}

/** The smallest id that any partition could give out at `timeMs`. */
export function firstIdAt(timeMs: number): number {
  return (timeMs - idEpochMs) * idUnitsPerMs
}

/** Whether `value` can be an id at all: a safe, positive integer. */
export function isId(value: unknown): value is number {
  return typeof value === 'number' && Number.isSafeInteger(value) && value > 0
}

/**
 * Reads the decimal string of an id.
 * @returns undefined where the text is not the canonical decimal form of a safe positive integer.
 */
export function parseId(text: string): number | undefined {
  if (!/^[1-9][0-9]{0,15}$/.test(text)) return undefined
  const id = Number(text)
  return Number.isSafeInteger(id) ? id : undefined
}

/**
 * The partition of a user, from the handle alone: so a handle is unique without agreement between
 * partitions. SHA-256 spreads evenly, and a sign-up is too rare for its cost to matter.
 */
export function partitionOfHandle(handle: string, partitionCount: number): Partition {
  return createHash('sha256').update(handle.toLowerCase()).digest().readUInt32LE(0) % partitionCount
}

/**
 * Gives out the ids of one partition. They grow strictly, also when the clock jumps back, when more
 * than 16 are asked of one millisecond (the next millisecond is taken), and after a failover (the
 * successor calls `observe` with every id that it finds in the log).
 */
export class IdGenerator {
  readonly partition: Partition
  #lastMs = 0
  #lastSequence = 0

  constructor(partition: Partition) {
    this.partition = partition
  }

  /** @param nowMs milliseconds since 1970 */
  next(nowMs: number): number {
    const ms = nowMs - idEpochMs
    if (ms > this.#lastMs) {
      this.#lastMs = ms
      this.#lastSequence = 0
    } else if (this.#lastSequence === sequencesPerMs - 1) {
      this.#lastMs++
      this.#lastSequence = 0
    } else {
      this.#lastSequence++
    }
    return this.#lastMs * idUnitsPerMs + this.partition * sequencesPerMs + this.#lastSequence
  }

  /** Makes every later id larger than this one, which somebody else gave out for this partition. */
  observe(id: number): void {
    const ms = Math.floor(id / idUnitsPerMs)
    const sequence = id % sequencesPerMs
    if (ms > this.#lastMs || (ms === this.#lastMs && sequence > this.#lastSequence)) {
      this.#lastMs = ms
      this.#lastSequence = sequence
    }
  }
}
