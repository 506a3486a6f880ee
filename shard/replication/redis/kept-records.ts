// A queue of log entries as bytes: what comes in at the end is let go at the front, and nothing of it is an object.
//
//   pages   [ record | record | . . . ]  [ record | record | dead | record ]  [ record |          ]
//                      ^ the oldest                                                       ^ the end
//
//   record  units | partition, whether barrier, whether dead | when | epoch, sequence | those before | bytes, origins
//           | origins … | payload          in units of eight bytes
//
// Hundreds of thousands of entries that live for a minute are what a garbage collector is worst at: each is moved
// twice, marked again and again, and pins the chunk of the network that it came with. Here they are copied once.
//
// Owned by redis-kept.ts, which knows what is kept and why; a single thread.

import type { Partition } from '../../../protocol/ids.ts'
import type { LogPosition } from '../position.ts'
import type { StreamEntry } from './redis-codec.ts'

const unitBytes = 8
const pageBytes = 1024 * 1024
const [unitsPlace, markPlace, timePlace, epochPlace] = [0, 1, 2, 3] as const
const [previousPlace, lengthPlace, originsPlace, headUnits] = [5, 7, 8, 9] as const
/** The mark is the partition times four, and these. */
const barrierBit = 1
const deadBit = 2

type Page = {
  readonly numbers: Float64Array
  readonly bytes: Buffer
  /** In units. */
  end: number
}

/** Where a record lies, good until one is added or let go. */
export type RecordPlace = { readonly page: Page; readonly at: number }

export class KeptRecords {
  readonly #pages: Page[] = []
  /** Of the oldest record, in the first page. */
  #start = 0

  /** @returns how many bytes it takes */
  add(partition: Partition, entry: StreamEntry, atMs: number): number {
    const { position, previous, payload, origins } = entry
    const units = headUnits + origins.length * 2 + Math.ceil(payload.length / unitBytes)
    const page = this.#pageFor(units)
    const at = page.end
    page.end += units
    const { numbers } = page
    numbers[at + unitsPlace] = units
    numbers[at + markPlace] = partition * 4 + (entry.isBarrier ? barrierBit : 0)
    numbers[at + timePlace] = atMs
    writePosition(numbers, at + epochPlace, position)
    writePosition(numbers, at + previousPlace, previous)
    numbers[at + lengthPlace] = payload.length
    numbers[at + originsPlace] = origins.length
    for (const [place, origin] of origins.entries()) {
      writePosition(numbers, at + headUnits + place * 2, origin)
    }
    page.bytes.set(payload, (at + headUnits + origins.length * 2) * unitBytes)
    return units * unitBytes
  }

  /** The oldest record, dead or not; undefined where there is none. */
  get oldest(): RecordPlace | undefined {
    const page = this.#pages[0]
    return page === undefined || this.#start === page.end ? undefined : { page, at: this.#start }
  }

  /** Lets the oldest go. */
  shift(): void {
    const page = this.#pages[0]!
    this.#start += page.numbers[this.#start + unitsPlace]!
    if (this.#start < page.end) return
    this.#start = 0
    if (this.#pages.length > 1) this.#pages.shift()
    else page.end = 0
  }

  /** The records of a partition that are not dead, the oldest first. For rare looks: all records are gone through. */
  *of(partition: Partition): Generator<RecordPlace> {
    let at = this.#start
    for (const page of this.#pages) {
      for (; at < page.end; at += page.numbers[at + unitsPlace]!) {
        const mark = page.numbers[at + markPlace]!
        if (mark >>> 2 === partition && (mark & deadBit) === 0) yield { page, at }
      }
      at = 0
    }
  }

  #pageFor(units: number): Page {
    const last = this.#pages.at(-1)
    if (last !== undefined && last.end + units <= last.numbers.length) return last
    const memory = new ArrayBuffer(Math.max(pageBytes, units * unitBytes))
    const page = { numbers: new Float64Array(memory), bytes: Buffer.from(memory), end: 0 }
    // An empty page is in nobody's way.
    if (last?.end === 0) this.#pages.pop()
    this.#pages.push(page)
    return page
  }
}

export function isDead({ page, at }: RecordPlace): boolean {
  return (page.numbers[at + markPlace]! & deadBit) !== 0
}

/** It stays where it is until it is the oldest, and counts no more. */
export function markDead({ page, at }: RecordPlace): void {
  page.numbers[at + markPlace] = page.numbers[at + markPlace]! | deadBit
}

/** When it was added. */
export function timeAt({ page, at }: RecordPlace): number {
  return page.numbers[at + timePlace]!
}

/** What it takes: payload and all. */
export function bytesAt({ page, at }: RecordPlace): number {
  return page.numbers[at + unitsPlace]! * unitBytes
}

export function positionAt({ page, at }: RecordPlace): LogPosition {
  return readPosition(page.numbers, at + epochPlace)
}

/** The entry as it was added, with a payload of its own. */
export function entryAt({ page, at }: RecordPlace): StreamEntry {
  const { numbers, bytes } = page
  const originCount = numbers[at + originsPlace]!
  const start = (at + headUnits + originCount * 2) * unitBytes
  return {
    position: readPosition(numbers, at + epochPlace),
    previous: readPosition(numbers, at + previousPlace),
    payload: Buffer.from(bytes.subarray(start, start + numbers[at + lengthPlace]!)),
    isBarrier: (numbers[at + markPlace]! & barrierBit) !== 0,
    origins: Array.from({ length: originCount }, (_, place) =>
      readPosition(numbers, at + headUnits + place * 2),
    ),
  }
}

function writePosition(numbers: Float64Array, at: number, position: LogPosition): void {
  numbers[at] = position.epoch
  numbers[at + 1] = position.sequence
}

function readPosition(numbers: Float64Array, at: number): LogPosition {
  return { epoch: numbers[at]!, sequence: numbers[at + 1]! }
}
