// What the embedded log needs of a database: a sorted map of bytes whose rows carry a version.
//
// Writes never run JavaScript inside the database's lock. A write names the version of a row that
// it has seen, and the writing thread does it only where that version still stands, in one
// transaction: so the check and the write are one step, also against other processes, and a busy
// event loop here keeps nobody else waiting. (Transactions with a callback would hold the one
// write lock of the machine until this process comes round to its callback.)

import { LogCorrupt, LogUnavailable } from '../log.ts'

/** The part of lmdb's `Database` in use. Writes return once committed and, if so opened, flushed. */
export type Table = {
  /** Values are copies and stay what they are. */
  getBinary(key: Uint8Array): Uint8Array | undefined
  getEntry(key: Uint8Array): { value: Uint8Array; version?: number } | undefined
  getRange(options: RangeOptions): Iterable<{ key: Uint8Array; value: Uint8Array }>
  getKeys(options: RangeOptions): Iterable<Uint8Array>
  put(key: Uint8Array, value: Uint8Array, version?: number): Promise<boolean>
  remove(key: Uint8Array): Promise<boolean>
  batch(write: () => void): Promise<boolean>
  ifVersion(key: Uint8Array, version: number, write: () => void): Promise<boolean>
  ifNoExists(key: Uint8Array, write: () => void): Promise<boolean>
  /** Lets the next read see what is committed now, instead of at the first read of this turn. */
  resetReadTxn(): void
}

/** The same for a cache of one process: it may also write in place, and wait for the disk with that. */
export type CacheTable = Pick<Table, 'getBinary' | 'put' | 'remove' | 'batch' | 'resetReadTxn'> & {
  putSync(key: Uint8Array, value: Uint8Array): void
  transactionSync(write: () => void): void
  close(): Promise<void>
}

export type RangeOptions = {
  readonly start: Uint8Array
  readonly end: Uint8Array
  readonly inclusiveEnd?: boolean
  readonly reverse?: boolean
  readonly limit?: number
}

/** A row as it was read: the version is undefined where there was none. */
export type Versioned<Value> = { readonly value: Value; readonly version: number | undefined }

/**
 * Replaces a row if nobody has written it since it was read, and does `alongside` in the same
 * transaction.
 * @returns false where somebody has; nothing was written then.
 * @throws LogUnavailable where the database cannot be written.
 */
export function replaceRow(
  table: Table,
  row: { key: Uint8Array; value: Uint8Array; readVersion: number | undefined },
  alongside: () => void = () => undefined,
): Promise<boolean> {
  const { key, value, readVersion } = row
  const write = (): void => {
    alongside()
    table.put(key, value, (readVersion ?? 0) + 1)
  }
  const done =
    readVersion === undefined
      ? table.ifNoExists(key, write)
      : table.ifVersion(key, readVersion, write)
  return done.catch(unavailable)
}

/** Turns a failure of the database into the port's word for it. */
export async function unavailable(error: unknown): Promise<never> {
  const cause = await rootOf(error)
  const reason = cause instanceof Error ? cause.message : String(cause)
  throw new LogUnavailable(`The embedded log cannot be written: ${reason}`, { cause })
}

/** The database rejects all writes of a failed commit alike; the reason is a promise inside. */
export async function rootOf(error: unknown): Promise<unknown> {
  if (!(error instanceof Error && 'commitError' in error)) return error
  return Promise.resolve(error.commitError).then(
    () => error,
    (reason: unknown) => reason,
  )
}

/** Does a read, and calls damage inside the database's own pages by the port's word for it. */
export function reading<Value>(where: string, read: () => Value): Value {
  try {
    return read()
  } catch (error) {
    if (error instanceof Error && /MDB_(CORRUPTED|PAGE_NOTFOUND|INVALID)/.test(error.message)) {
      throw new LogCorrupt(`${where}: ${error.message}`, { cause: error })
    }
    throw error
  }
}
