// A cold store on a real database in a directory of its own, or on a table that does as it is told.

import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { onTestFinished } from 'vitest'
import { ColdStore } from '../../shard/bodies/cold-store.ts'
import { openCacheTable } from '../../shard/replication/embedded/embedded.ts'
import { readDiskSpace } from '../../shard/replication/embedded/embedded-room.ts'
import type { CacheTable } from '../../shard/replication/embedded/embedded-table.ts'
import { temporaryDirectory } from './temporary-directory.ts'

/** 4 KiB on their way, in blocks of 1 KiB. */
const cacheBytes = 65_536

export class ColdWorld {
  readonly directory: string
  readonly errors: { readonly error: unknown; readonly message: string }[] = []
  readonly fatal: Error[] = []
  readonly store: ColdStore
  nowMs = 0
  availableBytes = 2 ** 40
  /** The table that was opened last. */
  table: CacheTable | undefined
  openCount = 0

  /** @param options `path`: of a disk, whose real room counts then */
  constructor({ table, path }: { readonly table?: CacheTable; readonly path?: string } = {}) {
    this.directory = join(path ?? temporaryDirectory('bodies'), 'shard-0')
    mkdirSync(this.directory)
    this.store = new ColdStore({
      directory: this.directory,
      cacheBytes,
      open: (directory) => {
        this.openCount++
        this.table = table ?? openCacheTable(directory)
        return this.table
      },
      readSpace: (directory) =>
        path === undefined
          ? { availableBytes: this.availableBytes, totalBytes: 2 ** 41 }
          : readDiskSpace(directory),
      now: () => this.nowMs,
      onError: (error, message) => this.errors.push({ error, message }),
      onFatal: (error) => this.fatal.push(error),
    })
    onTestFinished(() => this.store.close())
  }
}

/** A table in memory, whose blocks arrive, or fail, when the test says so. */
export class FakeTable implements CacheTable {
  readonly rows = new Map<number, Uint8Array>()
  /** What fails every write in place. */
  refusal: Error | undefined
  /** The blocks that are on their way, oldest first. */
  readonly blocks: { arrive(): void; fail(error: unknown): void }[] = []
  /** Blocks that were written in place. */
  inPlaceCount = 0
  #writes: [number, Uint8Array][] = []

  getBinary(key: Uint8Array): Uint8Array | undefined {
    return this.rows.get(numberOf(key))
  }

  put(key: Uint8Array, value: Uint8Array): Promise<boolean> {
    this.#writes.push([numberOf(key), value])
    return Promise.resolve(true)
  }

  putSync(key: Uint8Array, value: Uint8Array): void {
    this.#writes.push([numberOf(key), value])
  }

  remove(key: Uint8Array): Promise<boolean> {
    return Promise.resolve(this.rows.delete(numberOf(key)))
  }

  transactionSync(write: () => void): void {
    const rows = this.#collected(write)
    if (this.refusal !== undefined) throw this.refusal
    this.inPlaceCount++
    for (const [tweet, value] of rows) this.rows.set(tweet, value)
  }

  batch(write: () => void): Promise<boolean> {
    const rows = this.#collected(write)
    return new Promise((resolve, reject) => {
      this.blocks.push({
        arrive: () => {
          for (const [tweet, value] of rows) this.rows.set(tweet, value)
          resolve(true)
        },
        fail: reject,
      })
    })
  }

  resetReadTxn(): void {
    // Its reads see every write at once.
  }

  close(): Promise<void> {
    return Promise.resolve()
  }

  #collected(write: () => void): [number, Uint8Array][] {
    this.#writes = []
    write()
    return this.#writes
  }
}

function numberOf(key: Uint8Array): number {
  return Buffer.from(key).readUInt32BE()
}
