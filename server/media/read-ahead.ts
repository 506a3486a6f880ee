// Reads a file from its start to its end, a window at a time: who steps from head to head of a format's parts asks
// the disk once for each 16 KB. Others get their turn in between, however many tiny parts a stranger's file has.

import { setImmediate } from 'node:timers/promises'
import type { FileBytes } from './file-bytes.ts'
import { partsPerTurnMax, partsReadBytes } from './limits.ts'

export class ReadAhead {
  readonly #file: FileBytes
  #window: Buffer = Buffer.alloc(0)
  #start = 0
  #asked = 0

  constructor(file: FileBytes) {
    this.#file = file
  }

  get bytes(): number {
    return this.#file.bytes
  }

  /**
   * The bytes at a place; fewer at the end of the file. Good until the next call.
   * @param length of something that has a bound
   */
  async at(offset: number, length: number): Promise<Buffer> {
    if (++this.#asked % partsPerTurnMax === 0) await setImmediate()
    const end = Math.min(offset + length, this.#file.bytes)
    if (offset < this.#start || end > this.#start + this.#window.length) {
      this.#window = await this.#file.read(offset, Math.max(length, partsReadBytes))
      this.#start = offset
    }
    const from = offset - this.#start
    return this.#window.subarray(from, from + length)
  }

  /**
   * The bytes from a place on that are at hand, or come with one look at the disk: two or more, but for the end
   * of the file.
   */
  async from(offset: number): Promise<Buffer> {
    await this.at(offset, 2)
    return this.#window.subarray(offset - this.#start)
  }
}
