// A spool: bytes that came faster than they were taken wait in a file, not in memory.
//
// The native layer hands over all that the kernel has for a socket in one turn, also after it was told to pause:
// on a fast line that is many megabytes. Each is written at once, which is a copy within memory for the
// operating system, and read back when its turn comes. The file is made when it is first needed.

import { closeSync, mkdirSync, openSync, read, rmSync, writeSync } from 'node:fs'
import { join } from 'node:path'
import { promisify } from 'node:util'

const readAt = promisify(read)

export class Spool {
  readonly #directory: string
  readonly #path: string
  #file: number | undefined
  /** Where the next bytes are written, and read. */
  #end = 0
  #start = 0

  /** @param name of a file that nobody else has, in `directory` */
  constructor(directory: string, name: string) {
    this.#directory = directory
    this.#path = join(directory, name)
  }

  get isEmpty(): boolean {
    return this.#start === this.#end
  }

  append(bytes: Uint8Array): void {
    this.#file ??= this.#open()
    for (let done = 0; done < bytes.length; ) {
      const count = writeSync(this.#file, bytes, done, bytes.length - done, this.#end)
      done += count
      this.#end += count
    }
  }

  /** Takes the oldest bytes out, as many as `into` has room for. @returns that part of it */
  async take(into: Buffer): Promise<Buffer> {
    const length = Math.min(into.length, this.#end - this.#start)
    const { bytesRead } = await readAt(this.#file!, into, 0, length, this.#start)
    if (bytesRead === 0) throw new Error('the spool of an upload was cut')
    this.#start += bytesRead
    if (this.isEmpty) {
      this.#start = 0
      this.#end = 0
    }
    return into.subarray(0, bytesRead)
  }

  /** Removes it. Not while a `take` is under way. */
  close(): void {
    if (this.#file === undefined) return
    closeSync(this.#file)
    rmSync(this.#path, { force: true })
    this.#file = undefined
    this.#start = 0
    this.#end = 0
  }

  #open(): number {
    mkdirSync(this.#directory, { recursive: true })
    return openSync(this.#path, 'wx+')
  }
}
