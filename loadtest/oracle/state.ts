// The state file: one line of JSON for each write that a server has acknowledged.
//
// It holds the session tokens of all users it speaks of, and is therefore a secret: it is made
// readable for its owner alone.

import type { WriteStream } from 'node:fs'
import { chmodSync, createReadStream, createWriteStream, mkdirSync } from 'node:fs'
import { dirname } from 'node:path'
import { createInterface } from 'node:readline'
import type { StateRecord } from './oracle.ts'
import { World } from './oracle.ts'

export const stateFileDefault = 'data/load-state.jsonl'

/** Whoever takes acknowledged writes. */
export type StateSink = { add(record: StateRecord): void }

/** Writes a state file; an older one of the same name is replaced. */
export class StateFile implements StateSink, AsyncDisposable {
  readonly #stream: WriteStream
  readonly #failed: Promise<never>

  /** @param path missing directories are made */
  constructor(path: string) {
    mkdirSync(dirname(path), { recursive: true })
    this.#stream = createWriteStream(path, { flags: 'w', mode: 0o600 })
    this.#failed = new Promise((_, reject) => this.#stream.once('error', reject))
    // Whoever closes the file is told; until then a failure waits.
    this.#failed.catch(() => undefined)
    // The mode above counts for a new file only.
    this.#stream.once('open', () => chmodSync(path, 0o600))
  }

  add(record: StateRecord): void {
    this.#stream.write(`${JSON.stringify(record)}\n`)
  }

  async [Symbol.asyncDispose](): Promise<void> {
    const ended = new Promise<void>((resolve) => this.#stream.end(resolve))
    await Promise.race([ended, this.#failed])
  }
}

/** Reads a state file. Throws the error of the file, or one that names the line that is no record. */
export async function readWorld(path: string): Promise<World> {
  const world = new World()
  const lines = createInterface({ input: createReadStream(path), crlfDelay: Infinity })
  let line = 0
  for await (const text of lines) {
    line++
    try {
      world.apply(JSON.parse(text) as StateRecord)
    } catch (cause) {
      throw new Error(`line ${line} of ${path} is not a record of a load run`, { cause })
    }
  }
  return world
}
