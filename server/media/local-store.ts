// Media in a directory: a gateway's own, or one that several of them share.
//
//   DIRECTORY/files/AB/ABcd….jpg     by the first two characters, so that no directory grows too large
//   DIRECTORY/incoming/…             uploads on their way, on the same disk: keeping one is a rename

import { createReadStream } from 'node:fs'
import { mkdir, opendir, rename, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import type { Readable } from 'node:stream'
import { readBytes } from './limits.ts'
import type { FileToStore, MediaStore, StoredFile } from './media-store.ts'

const namePattern = /^[A-Za-z0-9_-][A-Za-z0-9_.-]+$/

export class LocalStore implements MediaStore {
  readonly #directory: string

  constructor(directory: string) {
    this.#directory = join(directory, 'files')
  }

  async put(name: string, { path }: FileToStore): Promise<void> {
    const place = this.#placeOf(name)
    await mkdir(join(place, '..'), { recursive: true })
    // The time of the file is that of its upload: also where it takes the place of an equal one.
    await rename(path, place)
  }

  async find(name: string): Promise<StoredFile | undefined> {
    try {
      const { size, mtimeMs } = await stat(this.#placeOf(name))
      return { bytes: size, storedAtMs: mtimeMs }
    } catch (error) {
      if (isMissing(error)) return undefined
      throw error
    }
  }

  read(name: string, { from, to }: { from: number; to: number }): Promise<Readable> {
    const options = { start: from, end: to, highWaterMark: readBytes }
    return Promise.resolve(createReadStream(this.#placeOf(name), options))
  }

  async *files(): AsyncGenerator<{ readonly name: string; readonly storedAtMs: number }> {
    for await (const group of entriesOf(this.#directory)) {
      for await (const { name } of entriesOf(join(this.#directory, group.name))) {
        if (!namePattern.test(name)) continue
        const file = await this.find(name)
        if (file !== undefined) yield { name, storedAtMs: file.storedAtMs }
      }
    }
  }

  async remove(name: string): Promise<void> {
    await rm(this.#placeOf(name), { force: true })
  }

  /** A name is checked by whoever says it; here it only must not lead out of the directory. */
  #placeOf(name: string): string {
    if (!namePattern.test(name)) throw new RangeError(`no file name: ${name}`)
    return join(this.#directory, name.slice(0, 2), name)
  }
}

async function* entriesOf(directory: string): AsyncIterable<{ readonly name: string }> {
  try {
    yield* await opendir(directory)
  } catch (error) {
    // Nothing was stored yet, or it was removed meanwhile.
    if (!isMissing(error)) throw error
  }
}

/** Whether an error says that there is no such file. */
export function isMissing(error: unknown): boolean {
  return (error as { code?: unknown }).code === 'ENOENT'
}
