// File uses: how many things that can be shown (tweets, and whatever else) show each media file.
//
// A public fact: every process counts all logs, so each one knows which files nobody shows any more. A file
// is counted under 53 bits of its hash, 30 bytes a file instead of a string and an object. Two files that share
// them are counted together: then one of them is kept longer than it had to be, and none is lost.
// Sums do not mind the order in which the logs are read. Written by `apply` functions only.

import { IdTable } from '../memory/id-table.ts'
import { Records } from '../memory/records.ts'

export class FileUses {
  readonly #indexes = new IdTable()
  readonly #records = new Records(1)
  readonly #uses = this.#records.field(0)
  #count = 0

  get bytes(): number {
    return this.#indexes.bytes + this.#records.bytes
  }

  /** @param difference 1 for something that shows the file from now on, -1 for one that is gone */
  add(mediaId: string, difference: number): void {
    const key = keyOf(mediaId)
    let index = this.#indexes.get(key)
    if (index < 0) {
      index = this.#count++
      this.#indexes.set(key, index)
    }
    this.#uses.add(index, difference)
  }

  isUsed(mediaId: string): boolean {
    const index = this.#indexes.get(keyOf(mediaId))
    return index >= 0 && this.#uses.get(index) !== 0
  }
}

/** 53 bits of the hash in an id, from 1. */
function keyOf(mediaId: string): number {
  const hash = Buffer.from(mediaId.slice(0, 12), 'base64url')
  return hash.readUIntBE(0, 6) * 32 + (hash[6]! >>> 3) || 1
}
