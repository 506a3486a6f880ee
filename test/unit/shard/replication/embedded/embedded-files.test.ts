import { readFileSync, statSync, truncateSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { readBootId } from '../../../../../shard/replication/embedded/boot-id.ts'
import { openEmbeddedLog } from '../../../../../shard/replication/embedded/embedded.ts'
import { checkDatabaseFile } from '../../../../../shard/replication/embedded/embedded-file-check.ts'
import { LogCorrupt, LogUnavailable } from '../../../../../shard/replication/log.ts'
import { logStart } from '../../../../../shard/replication/position.ts'
import { temporaryDirectory } from '../../../../helpers/temporary-directory.ts'

const partitionCount = 4
const acknowledge = 'log'
const [pageBytes, pageHeaderBytes] = [4096, 24]
const pathIn = (directory: string): string => join(directory, 'log', 'data.mdb')

/** A closed log with a barrier and these many entries in partition 0, in batches of 10. */
async function writeLog(
  directory: string,
  { count, payload }: { count: number; payload: Uint8Array },
): Promise<void> {
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  const lease = await log.acquire({ partition: 0, node: 'a', ttlMs: 60_000, minEpoch: 0 })
  if (lease.outcome !== 'granted') throw new Error('held')
  for (let sequence = 1; sequence < count; sequence += 10) {
    const previous = { epoch: lease.epoch, sequence }
    const payloads = Array.from({ length: 10 }, () => payload)
    const request = { partition: 0, node: 'a', epoch: lease.epoch, previous, payloads }
    expect((await log.append(request)).outcome).toBe('appended')
  }
  await log.release({ partition: 0, node: 'a', epoch: lease.epoch })
  await log.close()
}

/** One of which most is gone again: its pages are free. */
async function writeTrimmedLog(directory: string): Promise<void> {
  await writeLog(directory, { count: 200, payload: new Uint8Array(3000) })
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  await log.trim(0, { epoch: 1, sequence: 190 })
  await log.probe()
  await log.close()
}

test('a log is found again as it was left', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 100, payload: Buffer.from('a tweet') })
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  expect(await log.head(0)).toEqual({ epoch: 1, sequence: 101 })
  const entries = await log.read({ partition: 0, after: logStart, limit: 1000 })
  expect(entries.length).toBe(101)
  expect(Buffer.from(entries[100]?.payload ?? []).toString()).toBe('a tweet')
  await log.close()
})

test('another number of partitions is refused, in a sentence that says what to change', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 1, payload: new Uint8Array(1) })
  await expect(openEmbeddedLog({ directory, partitionCount: 32, acknowledge })).rejects.toThrow(
    'ROOKERY_PARTITIONS is 32 but this data directory was created with 4: ' +
      'set ROOKERY_PARTITIONS=4, or name an empty data directory.',
  )
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  expect(await log.head(0)).toEqual({ epoch: 1, sequence: 1 })
  await log.close()
})

test('another format is refused', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 1, payload: new Uint8Array(1) })
  replaceInFile(pathIn(directory), { from: '"format":1', to: '"format":2' })
  await expect(openEmbeddedLog({ directory, partitionCount, acknowledge })).rejects.toThrow(
    'This data directory was written in log format 2 and this version reads format 1',
  )
})

test('a damaged format record is called one', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 1, payload: new Uint8Array(1) })
  replaceInFile(pathIn(directory), { from: '"partitionCount"', to: '"partitionCounu"' })
  await expect(openEmbeddedLog({ directory, partitionCount, acknowledge })).rejects.toThrow(
    `${pathIn(directory)}: the format record is damaged.`,
  )
})

test('one changed byte of an entry is found, named, and stops a tail', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 30, payload: Buffer.from('the very words') })
  replaceInFile(pathIn(directory), { from: 'the very words', to: 'the very wordz' })
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  const failure = new Promise<Error>((resolve) => {
    log.tail(new Map([[0, logStart]]), { onEntries: () => undefined, onError: resolve })
  })
  const message = new RegExp(
    `^${pathIn(directory)}: the record of partition 0 at 1-\\d+ does not match its checksum`,
  )
  expect(await failure).toBeInstanceOf(LogCorrupt)
  expect((await failure).message).toMatch(message)
  await expect(log.read({ partition: 0, after: logStart, limit: 100 })).rejects.toThrow(message)
  await log.close()
})

test('a file that was cut short is refused with its path and the offset', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 200, payload: new Uint8Array(3000) })
  const path = pathIn(directory)
  const whole = readFileSync(path)
  for (const lengthBytes of [100, 4096, 9000, whole.length >> 1, whole.length - 200_000]) {
    truncateSync(path, lengthBytes)
    const opening = openEmbeddedLog({ directory, partitionCount, acknowledge })
    await expect(opening).rejects.toThrow(LogCorrupt)
    await expect(opening).rejects.toThrow(`${path}: the file ends at offset `)
    expect(statSync(path).size).toBe(lengthBytes)
    writeFileSync(path, whole)
  }
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge })
  expect(await log.head(0)).toEqual({ epoch: 1, sequence: 201 })
  await log.close()
})

test('a sound file that ends before its last page passes, at every length down to that', async () => {
  const directory = temporaryDirectory('log')
  await writeTrimmedLog(directory)
  const path = pathIn(directory)
  const whole = readFileSync(path)
  // From the end on, pages that hold nothing may go; the first one in use that is missing counts.
  const verdicts: boolean[] = []
  for (let lengthBytes = whole.length; lengthBytes > 8192; lengthBytes -= 4096) {
    truncateSync(path, lengthBytes)
    verdicts.push(isSound(path))
  }
  const firstRefusal = verdicts.indexOf(false)
  expect(firstRefusal).toBeGreaterThan(0)
  expect(verdicts.slice(firstRefusal).every((isAccepted) => !isAccepted)).toBe(true)
})

// The database ended the process at the first write, and each new one as well.
test('damage of what says which pages are free is refused', async () => {
  const directory = temporaryDirectory('log')
  await writeTrimmedLog(directory)
  const path = pathIn(directory)
  const whole = readFileSync(path)
  const node = firstFreed(whole)
  // The size of its key, its key, how many pages it names, and the first of them.
  for (const [at, mask] of [
    [6, 8],
    [8, whole[node + 8]!],
    [17, 8],
    [27, 1],
  ] as const) {
    writeFileSync(path, whole)
    expect(isSound(path)).toBe(true)
    const damaged = Buffer.from(whole)
    damaged[node + at]! ^= mask
    writeFileSync(path, damaged)
    await expect(openEmbeddedLog({ directory, partitionCount, acknowledge })).rejects.toThrow(
      new RegExp(`^${path}: the page at offset \\d+ is damaged`),
    )
    // It is looked at in a file of any size.
    truncateSync(path, 2 ** 30)
    expect(isSound(path)).toBe(false)
  }
  writeFileSync(path, whole)
  truncateSync(path, 2 ** 30)
  expect(isSound(path)).toBe(true)
})

/** Where the first node of the free tree is, whose root has to be a leaf. */
function firstFreed(bytes: Buffer): number {
  const [rootAt, transactionAt] = [88, 152]
  const [first, second] = [0, pageBytes].map((meta) => bytes.readBigUInt64LE(meta + transactionAt))
  const meta = first! >= second! ? 0 : pageBytes
  const page = Number(bytes.readBigUInt64LE(meta + rootAt)) * pageBytes
  expect(bytes.readUInt16LE(page + 18)).toBe(2)
  return page + pageHeaderBytes + bytes.readUInt16LE(page + pageHeaderBytes)
}

test('what is no database at all is refused', async () => {
  const directory = temporaryDirectory('log')
  await writeLog(directory, { count: 1, payload: new Uint8Array(1) })
  const path = pathIn(directory)
  writeFileSync(path, Buffer.alloc(20_000, 'no database'))
  const opening = openEmbeddedLog({ directory, partitionCount, acknowledge })
  await expect(opening).rejects.toThrow(`${path}: there is no LMDB meta page at offset 0.`)
})

test('a disk that runs full refuses appends, acknowledges nothing, and heals', async () => {
  const directory = temporaryDirectory('log')
  let availableBytes = 2 ** 30
  const readSpace = () => ({ availableBytes, totalBytes: 2 ** 40 })
  const log = await openEmbeddedLog({ directory, partitionCount, acknowledge, readSpace })
  const lease = await log.acquire({ partition: 0, node: 'a', ttlMs: 60_000, minEpoch: 0 })
  if (lease.outcome !== 'granted') throw new Error('held')
  const previous = { epoch: lease.epoch, sequence: 1 }
  const payloads = [new Uint8Array(10)]
  const request = { partition: 0, node: 'a', epoch: lease.epoch, previous, payloads }
  availableBytes = 1000
  await expect(log.append(request)).rejects.toThrow(LogUnavailable)
  await expect(log.append(request)).rejects.toThrow('make room on the disk')
  await expect(log.probe()).rejects.toThrow(LogUnavailable)
  expect(await log.head(0)).toEqual(previous)
  availableBytes = 2 ** 30
  expect((await log.append(request)).outcome).toBe('appended')
  await log.close()
})

function isSound(path: string): boolean {
  try {
    checkDatabaseFile(path, { bootId: readBootId(), onProgress: () => undefined })
    return true
  } catch (error) {
    if (error instanceof LogCorrupt) return false
    throw error
  }
}

/** Replaces the same number of bytes wherever they are. */
function replaceInFile(path: string, { from, to }: { from: string; to: string }): void {
  const bytes = readFileSync(path)
  let replaced = 0
  for (let found = bytes.indexOf(from); found !== -1; found = bytes.indexOf(from, found + 1)) {
    bytes.write(to, found)
    replaced++
  }
  expect(replaced).toBeGreaterThan(0)
  writeFileSync(path, bytes)
}
