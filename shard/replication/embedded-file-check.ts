// Looks at the embedded log's file before the database maps it into memory.
//
// A file that was cut short would kill the process with SIGBUS at the first read behind its end.
// Here it is refused, with path and offset. The check reads the few fields of LMDB's format
// (data version 2) that it needs:
//
//   page      number u64 | transaction u64 | pad u16 | flags u16 | lower u16, upper u16
//             (for overflow pages, in place of the last two: count of pages u32)
//   meta      behind the page header: magic u32 | version u32 | address u64 | map size u64
//             | free tree | main tree | last page u64 | transaction u64 | boot id i64
//   tree      page size u32 (free tree only) | flags u16 | depth u16 | 4 counts u64 | root u64
//
// The check walks the trees: every page in use has to be there, to carry its own number, and to be
// what its place says. (A sound file may end before its last page, when nothing was ever written to the
// pages at its end; so only a page in use that is not there counts.) What is inside the entries is
// covered by their own checksums. A very large file is walked only where it seems to be cut short.

import { execFileSync } from 'node:child_process'
import { closeSync, existsSync, fstatSync, openSync, readFileSync, readSync } from 'node:fs'
import { LogCorrupt } from './log.ts'

const magic = 0xbeefc0de
const dataVersion = 2
const pageHeaderBytes = 24
const metaBytes = 144
const treeBytes = 48
const pageFlags = { branch: 0x01, leaf: 0x02, overflow: 0x04, meta: 0x08 }
const nodeFlags = { bigData: 0x01, subTree: 0x02 }
/** Set in a meta page whose transaction was committed before its pages were flushed. */
const notYetFlushed = 0x1000
const noPage = 2n ** 64n - 1n
/** Up to here every start walks all pages, at about 1 GiB a second, while other processes wait to write. */
const walkedBytesMax = 512 * 1024 * 1024
/** Another process may write while the trees are walked: a walk that fails is done again. */
const attemptsMax = 3

type Meta = {
  readonly pageBytes: number
  readonly transaction: bigint
  readonly lastPage: bigint
  readonly roots: readonly bigint[]
  readonly isFlushed: boolean
  readonly bootId: bigint
}

type File = { readonly descriptor: number; readonly path: string; readonly bootId: string }

/** Names this run of the machine; empty where the system does not tell. */
export function readBootId(): string {
  if (process.platform === 'linux') {
    return readFileSync('/proc/sys/kernel/random/boot_id', 'utf8').trim()
  }
  if (process.platform === 'darwin') {
    return execFileSync('sysctl', ['-n', 'kern.bootsessionuuid'], { encoding: 'utf8' }).trim()
  }
  return ''
}

/**
 * @throws LogCorrupt where the file is no LMDB file of this version, or misses pages in use. A file
 * that is not there yet, or empty, is fine.
 */
export function checkDatabaseFile(path: string, bootId: string): void {
  if (!existsSync(path)) return
  const descriptor = openSync(path, 'r')
  try {
    if (fstatSync(descriptor).size > 0) checkFile({ descriptor, path, bootId })
  } finally {
    closeSync(descriptor)
  }
}

function checkFile(file: File): void {
  for (let attempt = 1; ; attempt++) {
    const meta = readCurrentMeta(file)
    const sizeBytes = fstatSync(file.descriptor).size
    const isWhole = sizeBytes >= (Number(meta.lastPage) + 1) * meta.pageBytes
    if (isWhole && sizeBytes > walkedBytesMax) return
    try {
      for (const root of meta.roots) walk(file, meta, root)
      return
    } catch (error) {
      if (attempt === attemptsMax) throw error
    }
  }
}

/**
 * The meta page that the database will start from: the newest one, or after a crash of the machine
 * the newest whose transaction was flushed.
 */
function readCurrentMeta(file: File): Meta {
  const first = readMeta(file, 0)
  const flushed = readMeta(file, first.pageBytes / 2)
  const second = readMeta(file, first.pageBytes)
  const newest = first.transaction >= second.transaction ? first : second
  const sameBoot = newest.bootId !== 0n && newest.bootId === bootNumber(file.bootId)
  if (newest.isFlushed || sameBoot || flushed.transaction === 0n) return newest
  return flushed
}

function readMeta(file: File, offset: number): Meta {
  const bytes = readAt(file, { offset, length: pageHeaderBytes + metaBytes, what: 'a meta page' })
  // The half page between the two meta pages holds a copy that has neither header nor magic.
  const hasHeader = (bytes.readUInt16LE(18) & pageFlags.meta) !== 0
  const isCopy = offset !== 0 && !hasHeader && bytes.readUInt32LE(pageHeaderBytes) === 0
  if (!isCopy && (!hasHeader || bytes.readUInt32LE(pageHeaderBytes) !== magic)) {
    throw new LogCorrupt(`${file.path}: there is no LMDB meta page at offset ${offset}.`)
  }
  const version = bytes.readUInt32LE(pageHeaderBytes + 4) & 0xffff
  if (!isCopy && version !== dataVersion) {
    throw new LogCorrupt(
      `${file.path}: LMDB data version ${version} at offset ${offset}; ${dataVersion} is known.`,
    )
  }
  const trees = pageHeaderBytes + 24
  const pageBytes = bytes.readUInt32LE(trees)
  if (offset === 0 && (pageBytes < 256 || pageBytes > 65_536)) {
    throw new LogCorrupt(`${file.path}: a page size of ${pageBytes} at offset ${trees}.`)
  }
  const end = trees + 2 * treeBytes
  return {
    pageBytes,
    isFlushed: (bytes.readUInt16LE(trees + 4) & notYetFlushed) === 0,
    roots: [bytes.readBigUInt64LE(trees + 40), bytes.readBigUInt64LE(trees + treeBytes + 40)],
    lastPage: bytes.readBigUInt64LE(end),
    transaction: bytes.readBigUInt64LE(end + 8),
    bootId: bytes.readBigInt64LE(end + 16),
  }
}

/** Visits every page that is reachable from a root and makes sure that the file has it. */
function walk(file: File, meta: Meta, root: bigint): void {
  const waiting = [root]
  let visited = 0n
  for (let number = waiting.pop(); number !== undefined; number = waiting.pop()) {
    if (number === noPage) continue
    const offset = Number(number) * meta.pageBytes
    if (visited++ > meta.lastPage) {
      throw new LogCorrupt(
        `${file.path}: the tree goes in a circle by the page at offset ${offset}.`,
      )
    }
    try {
      waiting.push(...pagesUnder(file, meta, number))
    } catch (cause) {
      // A damaged page names places that are in no page.
      if (!(cause instanceof RangeError)) throw cause
      throw new LogCorrupt(`${file.path}: the page at offset ${offset} is damaged.`, { cause })
    }
  }
}

/** The pages that a tree page names. Throws RangeError where it names places behind its end. */
function pagesUnder(file: File, meta: Meta, number: bigint): bigint[] {
  const page = readPage(file, meta, number)
  const flags = page.readUInt16LE(18)
  if ((flags & (pageFlags.branch | pageFlags.leaf)) === 0) {
    throw new LogCorrupt(`${file.path}: page ${number} is no tree page (flags ${flags}).`)
  }
  const nodeCount = page.readUInt16LE(20) >> 1
  return Array.from({ length: nodeCount }, (_, index) => {
    const node = page.readUInt16LE(pageHeaderBytes + index * 2) + pageHeaderBytes
    const isBranch = (flags & pageFlags.branch) !== 0
    return isBranch ? [childOf(page, node)] : rootsUnder(file, meta, { page, node })
  }).flat()
}

function childOf(page: Buffer, node: number): bigint {
  return BigInt(page.readUInt32LE(node)) | (BigInt(page.readUInt16LE(node + 4)) << 32n)
}

/** A leaf's node may hold the root of a named table, or lie on overflow pages of its own. */
function rootsUnder(
  file: File,
  meta: Meta,
  { page, node }: { page: Buffer; node: number },
): bigint[] {
  const flags = page.readUInt16LE(node + 4)
  const valueBytes = page.readUInt32LE(node)
  const data = node + 8 + page.readUInt16LE(node + 6)
  if ((flags & nodeFlags.subTree) !== 0) return [page.readBigUInt64LE(data + 40)]
  if ((flags & nodeFlags.bigData) === 0) {
    if (data + valueBytes > page.length) throw new RangeError('a value ends behind its page')
    return []
  }
  const first = page.readBigUInt64LE(data)
  const count = readPage(file, meta, first).readUInt32LE(20)
  if (pageHeaderBytes + valueBytes > count * meta.pageBytes) {
    throw new RangeError('a value ends behind its pages')
  }
  readPage(file, meta, first + BigInt(count) - 1n, 'behind its header')
  return []
}

function readPage(file: File, meta: Meta, number: bigint, part?: 'behind its header'): Buffer {
  const offset = Number(number) * meta.pageBytes
  const page = readAt(file, { offset, length: meta.pageBytes, what: `page ${number} of the log` })
  // Only the first of several overflow pages has a header.
  if (part === undefined && page.readBigUInt64LE(0) !== number) {
    throw new LogCorrupt(`${file.path}: the page at offset ${offset} is not page ${number}.`)
  }
  return page
}

function readAt(
  file: File,
  { offset, length, what }: { offset: number; length: number; what: string },
): Buffer {
  const bytes = Buffer.alloc(length)
  const got = readSync(file.descriptor, bytes, 0, length, offset)
  if (got === length) return bytes
  throw new LogCorrupt(
    `${file.path}: the file ends at offset ${offset + got}, inside or before ${what}, ` +
      `which needs ${length} bytes from offset ${offset}: it was cut short.`,
  )
}

/** The boot id as LMDB writes it: the number before the first dash. */
function bootNumber(bootId: string): bigint {
  const digits = bootId.split('-')[0] ?? ''
  return digits === '' ? 0n : BigInt(`0x${digits}`)
}
