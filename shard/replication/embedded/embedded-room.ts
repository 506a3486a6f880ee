// Refuses writes before the disk is full, not after.
//
// Why: when a write to the disk fails, lmdb 3.5.6 formats a message of more than 100 characters
// into 100 bytes, and the process may die of it or hang. So the disk must never get full under it.
// A reserve stays free for what must go on then: trims above all, whose commits need room before
// they make any. Room that trims have made inside the file counts as well: the file never shrinks.

import { statfsSync } from 'node:fs'
import { LogRefused } from '../log.ts'

export type DiskSpace = { readonly availableBytes: number; readonly totalBytes: number }

/** The most that is held in reserve, and the largest part of a small disk. */
const reserveBytesMax = 64 * 1024 * 1024
const reservePartMax = 1 / 8
/** Below this part of the reserve nothing at all is written. */
const floorPart = 1 / 4
/** A commit copies pages of its trees on top of what it adds. */
const growthFactor = 2

export class DiskRoom {
  readonly #readSpace: () => DiskSpace
  readonly #readFreeInside: () => number

  /** @param readFreeInside how many bytes of the database file are free to be written again. */
  constructor(options: { readSpace: () => DiskSpace; readFreeInside: () => number }) {
    this.#readSpace = options.readSpace
    this.#readFreeInside = options.readFreeInside
  }

  /** @throws LogRefused where adding so many bytes could fill the disk. */
  checkForEntries(bytes: number): void {
    const { availableBytes, reserveBytes } = this.#look()
    const leftBytes = availableBytes - bytes * growthFactor
    if (leftBytes >= reserveBytes) return
    if (leftBytes >= reserveBytes * floorPart && this.#readFreeInside() >= reserveBytes) return
    throw new LogRefused(
      `The disk of the embedded log has ${availableBytes} bytes left, of which it keeps ` +
        `${reserveBytes} in reserve: make room on the disk.`,
    )
  }

  /** @throws LogRefused where not even a commit that adds nothing may be tried. */
  checkForCommit(): void {
    const { availableBytes, reserveBytes } = this.#look()
    if (availableBytes >= reserveBytes * floorPart) return
    throw new LogRefused(
      `The disk of the embedded log is full (${availableBytes} bytes left): make room on the disk.`,
    )
  }

  #look(): { availableBytes: number; reserveBytes: number } {
    const { availableBytes, totalBytes } = this.#readSpace()
    const reserveBytes = Math.min(reserveBytesMax, Math.floor(totalBytes * reservePartMax))
    return { availableBytes, reserveBytes }
  }
}

export function readDiskSpace(directory: string): DiskSpace {
  const { bsize, bavail, blocks } = statfsSync(directory)
  return { availableBytes: bavail * bsize, totalBytes: blocks * bsize }
}
