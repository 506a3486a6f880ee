// A file on its way in: written to the disk as it comes, weighed and hashed meanwhile.
//
// What it is, is known after its first bytes; how large it may be follows from that. What is stored is not always
// what came: where it was taken and by which camera is left out (clean.ts). Unless it is stored in the
// end, nothing of it is left: `close` removes it, whatever happened.

import { createHash, randomBytes } from 'node:crypto'
import type { FileHandle } from 'node:fs/promises'
import { mkdir, open, readdir, rm, stat } from 'node:fs/promises'
import { join } from 'node:path'
import { failure, RequestFailure } from '../../protocol/errors.ts'
import { mediaSideMax } from '../../protocol/limits.ts'
import type { MediaType } from '../../protocol/media.ts'
import { mediaTypes } from '../../protocol/media.ts'
import type { mediaCreate } from '../../protocol/operations/media-create.ts'
import { cleaned } from './clean.ts'
import { sizeOf } from './dimensions.ts'
import { isOnItsSide } from './exif.ts'
import type { FileBytes, Size } from './file-bytes.ts'
import { fileTypeOf } from './file-type.ts'
import { headBytes, photoPixelsMax } from './limits.ts'
import { isMissing } from './local-store.ts'
import type { Pieces } from './pieces.ts'
import { writePieces } from './write-pieces.ts'

export type FileLimits = { readonly photoBytesMax: number; readonly videoBytesMax: number }

/** A file that has come, is what it should be, and says no more than it should. */
export type WholeFile = {
  readonly path: string
  readonly type: MediaType
  readonly bytes: number
  /** SHA-256. */
  readonly digest: Buffer
  /** As it is shown: turned as it says. */
  readonly size: Size
}

export class IncomingFile {
  readonly path: string
  readonly #handle: FileHandle
  readonly #limits: FileLimits
  readonly #hash = createHash('sha256')
  /** The first bytes, while there are too few of them to know the type. */
  #head = Buffer.alloc(0)
  #type: MediaType | undefined
  #bytes = 0
  #isOpen = true

  constructor(path: string, handle: FileHandle, limits: FileLimits) {
    this.path = path
    this.#handle = handle
    this.#limits = limits
  }

  /** @param directory of the media; what is on its way is in `incoming` there */
  static async open(directory: string, limits: FileLimits): Promise<IncomingFile> {
    const incoming = join(directory, 'incoming')
    await mkdir(incoming, { recursive: true })
    const path = join(incoming, randomBytes(16).toString('hex'))
    return new IncomingFile(path, await open(path, 'wx+'), limits)
  }

  /** @throws RequestFailure where it is of no type that is taken, or too large */
  async write(chunk: Buffer): Promise<void> {
    if (this.#type !== undefined) {
      await this.#append(chunk)
      return
    }
    this.#head = Buffer.concat([this.#head, chunk])
    if (this.#head.length >= headBytes) await this.#begin()
  }

  /**
   * Ends it: takes out what its sender did not mean to show (clean.ts).
   * @throws RequestFailure where it is not whole, or not what it seems
   */
  async finish(): Promise<WholeFile> {
    if (this.#type === undefined) await this.#begin()
    const type = this.#type!
    const source = this.#source()
    const size = await sizeOf(type, source)
    if (size === undefined) throw unsupported('The file is broken: it does not say its size.')
    const { width, height } = size
    if (width * height > photoPixelsMax) {
      throw unsupported(`A picture may have at most ${photoPixelsMax} pixels.`)
    }
    if (Math.max(width, height) > mediaSideMax) {
      throw unsupported(`A picture may be at most ${mediaSideMax} pixels wide and high.`)
    }
    const clean = await cleaned(type, source)
    if (clean === undefined) throw unsupported('The file is broken: it does not go on to its end.')
    const shown = isOnItsSide(clean.orientation) ? { width: height, height: width } : size
    return { type, size: shown, ...(await this.#keep(clean.pieces)) }
  }

  /** Lets go of it, and removes it where it was not taken away. */
  async close(): Promise<void> {
    if (!this.#isOpen) return
    this.#isOpen = false
    await this.#handle.close()
    await rm(this.path, { force: true })
    await rm(this.#cleanPath, { force: true })
  }

  get #cleanPath(): string {
    return `${this.path}.clean`
  }

  #source(): FileBytes {
    const handle = this.#handle
    return {
      bytes: this.#bytes,
      read: async (position, length) => {
        const { buffer, bytesRead } = await handle.read({ buffer: Buffer.alloc(length), position })
        return buffer.subarray(0, bytesRead)
      },
    }
  }

  /** What stays of it, safe on the disk: itself, where all of it stays. */
  async #keep(pieces: Pieces): Promise<Pick<WholeFile, 'path' | 'bytes' | 'digest'>> {
    if (pieces.isWhole(this.#bytes)) {
      await this.#handle.datasync()
      return { path: this.path, bytes: this.#bytes, digest: this.#hash.digest() }
    }
    const to = await open(this.#cleanPath, 'wx')
    try {
      const written = await writePieces(pieces, { from: this.#handle, to })
      await to.datasync()
      return { path: this.#cleanPath, ...written }
    } finally {
      await to.close()
    }
  }

  async #begin(): Promise<void> {
    const head = this.#head
    if (head.length === 0) {
      throw new RequestFailure(failure('bad_request', { message: 'The file is empty.' }))
    }
    this.#type = fileTypeOf(head.subarray(0, headBytes))
    if (this.#type === undefined) {
      throw unsupported('By what is in it, the file is none of JPEG, PNG, GIF, WebP, MP4, WebM.')
    }
    this.#head = Buffer.alloc(0)
    await this.#append(head)
  }

  async #append(chunk: Buffer): Promise<void> {
    const { photoBytesMax, videoBytesMax } = this.#limits
    const { kind } = mediaTypes[this.#type!]
    const bytesMax = kind === 'photo' ? photoBytesMax : videoBytesMax
    this.#bytes += chunk.length
    if (this.#bytes > bytesMax) {
      throw new RequestFailure(
        failure('too_large', { message: `A ${kind} may have at most ${bytesMax} bytes.` }),
      )
    }
    this.#hash.update(chunk)
    await this.#handle.writeFile(chunk)
  }
}

function unsupported(message: string): RequestFailure {
  const code: keyof typeof mediaCreate.refusals = 'unsupported_media'
  return new RequestFailure({ code, message, retry: 'never' })
}

/** Removes what is left of uploads whose process died: nobody has written to it since `beforeMs`. */
export async function removeLeftovers(directory: string, beforeMs: number): Promise<void> {
  const incoming = join(directory, 'incoming')
  for (const name of await namesIn(incoming)) {
    const path = join(incoming, name)
    try {
      if ((await stat(path)).mtimeMs < beforeMs) await rm(path, { force: true })
    } catch (error) {
      // It may have been finished meanwhile.
      if (!isMissing(error)) throw error
    }
  }
}

async function namesIn(directory: string): Promise<readonly string[]> {
  try {
    return await readdir(directory)
  } catch (error) {
    if (isMissing(error)) return []
    throw error
  }
}
