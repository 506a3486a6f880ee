// The page cache: the last home timeline of each reader, as their shard has answered it, to be sent once more where the
// shard says that it would be the same ("not modified", shard/page-validators.ts).
//
//   client -> gateway -> shard     "I have the page of validator 7"
//   client <- gateway <- shard     "not modified, and it ends with 1k2x:95"      40 bytes instead of thousands
//
// Nothing is sent without the shard's word, each time: so what the shard knows is what the client is told, and
// nothing here can be out of date. It holds nothing that could be lost.
//
// A page ends with a text that goes by the moment (the position of the live stream), so the cache splits it: the head
// stays, the tail comes with each answer. The same for its JSON, once somebody has asked for that.
//
// To keep a page costs time, here and at the shard, and is in vain where the next one is another. So one is kept for
// whom reads a second time (most who are pushed what is new read once), and a reader whose page was another one before it
// was sent even once more is left alone for twice as many reads each time.
//
// Within a budget, in two generations: what is used moves to the young one, and when that has had its half, or a while
// is over, the old one is forgotten as a whole. So what nobody reads is gone after two of them.

import { MessagePackReader } from '../../protocol/message-pack-reader.ts'
import { pageGenerationMs } from '../limits.ts'

/** What was answered over HTTP, in JSON. */
export type JsonPage = { readonly body: Buffer; readonly olderCursor: string | undefined }

/** What a page is the answer to, and where it came from. */
export type PageKey = {
  /** The code of the operation. */
  readonly operation: number
  /** The checked parameters that it answers, packed. */
  readonly params: Uint8Array
  /** The connection that it came by: validators hold on that one alone. */
  readonly source: object
}

export type ValidatedPage = PageKey & {
  readonly validator: number
  /** The encoded answer: copied. */
  readonly result: Uint8Array
  readonly tailBytes: number
}

/** What an entry of the cache takes beside its bytes, and one that says that somebody has read: about. */
const overheadBytes = 400
const readerBytes = 64
/** After so many times in vain nothing is kept for two to the power of it. */
const vainMax = 6
const vainStep = 128
/** Reads for which one that is to bring a page may be under way. */
const underWayMax = 8

type Generation = {
  readonly pages: Map<number, CachedPage>
  /** Who has read: how often in a row in vain (a page was kept), times `vainStep`, and for how many reads nothing is kept. */
  readonly readers: Map<number, number>
  bytes: number
}

export class CachedPage {
  readonly validator: number
  /** How often it was sent once more. */
  hits = 0
  /** Bytes held, and by which generation; by none any more where another page has come. */
  bytes: number
  holder: Generation | undefined
  readonly #key: PageKey
  #answer: Buffer
  readonly #headBytes: number
  #json: { readonly head: Buffer; readonly tail: Buffer; readonly page: JsonPage } | undefined

  constructor(page: ValidatedPage) {
    const { operation, source, result } = page
    const params = Uint8Array.from(page.params)
    this.#key = { operation, params, source }
    this.validator = page.validator
    this.#answer = copyOf(result)
    this.#headBytes = result.length - page.tailBytes
    this.bytes = result.length + params.length + overheadBytes
  }

  /** Whether it answers this, and its validator holds there. */
  isOf({ operation, params, source }: PageKey): boolean {
    const key = this.#key
    return key.operation === operation && key.source === source && isSame(key.params, params)
  }

  /** The answer as it was given last. */
  get answer(): Buffer {
    return this.#answer
  }

  /**
   * The answer with another tail; for the same tail the same bytes come again: nobody changes them.
   * @param bytes whose end, from `from` on, is the tail
   */
  endedWith(bytes: Uint8Array, from = 0): Buffer {
    if (this.#endsLike(bytes, from)) return this.#answer
    const answer = Buffer.allocUnsafeSlow(this.#headBytes + bytes.length - from)
    answer.set(this.#answer.subarray(0, this.#headBytes))
    answer.set(bytes.subarray(from), this.#headBytes)
    this.#answer = answer
    return answer
  }

  #endsLike(bytes: Uint8Array, from: number): boolean {
    const answer = this.#answer
    const difference = this.#headBytes - from
    if (answer.length !== bytes.length + difference) return false
    for (let at = from; at < bytes.length; at++) {
      if (answer[at + difference] !== bytes[at]) return false
    }
    return true
  }

  /**
   * The answer as it was given last, in JSON.
   * @param make is asked once for the whole; later ones have another tail alone
   */
  json(make: (answer: Buffer) => JsonPage): JsonPage {
    const tail = this.#tail
    if (this.#json === undefined) {
      const { body, olderCursor } = make(this.#answer)
      const copy = copyOf(body)
      const head = copy.subarray(0, copy.length - jsonEnd(tail).length)
      this.#json = { head, tail, page: { body: copy, olderCursor } }
      // With another tail there is a second one, beside the head of this one.
      const bytes = 2 * copy.length
      this.bytes += bytes
      if (this.holder !== undefined) this.holder.bytes += bytes
    } else if (!isSame(this.#json.tail, tail)) {
      const { head, page } = this.#json
      const body = copyOf(head, jsonEnd(tail))
      this.#json = { head, tail, page: { ...page, body } }
    }
    return this.#json.page
  }

  get #tail(): Buffer {
    return this.#answer.subarray(this.#headBytes)
  }
}

export class PageCache {
  readonly #bytesMax: number
  #young = newGeneration()
  #old = newGeneration()
  #turnedAtMs = performance.now()
  /** Pages that were sent once more, and those that a shard had to make. */
  readonly counts = { notModified: 0, made: 0 }

  /** @param bytesMax held at most, give or take a page; 0 holds none */
  constructor(bytesMax: number) {
    this.#bytesMax = bytesMax
  }

  get isOn(): boolean {
    return this.#bytesMax > 0
  }

  get bytes(): number {
    return this.#young.bytes + this.#old.bytes
  }

  /** The last page of a reader, if it is one of this. */
  find(reader: number, key: PageKey): CachedPage | undefined {
    let page = this.#young.pages.get(reader)
    if (page === undefined) {
      page = take(this.#old, reader)
      if (page === undefined) return undefined
      this.#add(reader, page)
    }
    return page.isOf(key) ? page : undefined
  }

  /** Whether the page that this read brings is worth to be kept. */
  isWorth(reader: number): boolean {
    const known = this.#young.readers.get(reader) ?? this.#old.readers.get(reader)
    const isWorth = known !== undefined && known % vainStep === 0
    // Where a page comes, it is found before this is asked again; until then one is enough.
    this.#note(reader, isWorth ? known + underWayMax : Math.max(0, (known ?? 1) - 1))
    return isWorth
  }

  /**
   * Takes a page in the place of the reader's last one.
   * @param asked the page that the shard was asked about, which was another one by then
   * @returns undefined where the one before was of no use, so that this one is not kept either
   */
  put(reader: number, page: ValidatedPage, asked?: CachedPage): CachedPage | undefined {
    const former = take(this.#young, reader) ?? take(this.#old, reader)
    const isOther = former !== undefined && !former.isOf(page)
    const inVain = asked ?? (isOther ? former : undefined)
    if (inVain?.hits === 0) {
      this.#backOff(reader)
      return undefined
    }
    const cached = new CachedPage(page)
    this.#add(reader, cached)
    return cached
  }

  /** A page is sent once more. */
  hit(reader: number, page: CachedPage): void {
    this.counts.notModified++
    if (page.hits++ === 0) this.#note(reader, 0)
    // Its JSON may have come to it.
    this.#grow(0)
  }

  /** The shard has answered with a page to which nobody can come back, in place of this one. */
  drop(reader: number, page: CachedPage): void {
    for (const generation of [this.#young, this.#old]) {
      if (generation.pages.get(reader) === page) take(generation, reader)
    }
    this.#backOff(reader)
  }

  #backOff(reader: number): void {
    const known = this.#young.readers.get(reader) ?? 0
    const vain = Math.min(Math.floor(known / vainStep) + 1, vainMax)
    this.#note(reader, vain * vainStep + 2 ** vain)
  }

  #note(reader: number, value: number): void {
    const { readers } = this.#young
    const isNew = !readers.has(reader)
    readers.set(reader, value)
    if (isNew) this.#grow(readerBytes)
  }

  /** Forgets in time what is not used. @param nowMs on the clock of `performance.now()` */
  sweep(nowMs: number): void {
    if (nowMs - this.#turnedAtMs < pageGenerationMs) return
    this.#turnedAtMs = nowMs
    this.#turn()
  }

  #turn(): void {
    this.#old = this.#young
    this.#young = newGeneration()
  }

  #add(reader: number, page: CachedPage): void {
    page.holder = this.#young
    this.#young.pages.set(reader, page)
    this.#grow(page.bytes)
  }

  #grow(bytes: number): void {
    this.#young.bytes += bytes
    if (this.#young.bytes > this.#bytesMax / 2) this.#turn()
  }
}

function newGeneration(): Generation {
  return { pages: new Map(), readers: new Map(), bytes: 0 }
}

/** Takes a reader's page out of a generation, if it is there. */
function take(generation: Generation, reader: number): CachedPage | undefined {
  const page = generation.pages.get(reader)
  if (page === undefined) return undefined
  generation.pages.delete(reader)
  generation.bytes -= page.bytes
  page.holder = undefined
  return page
}

/** How the JSON of a page ends: the tail's text, and the end of the map that it is the last of. */
function jsonEnd(tail: Buffer): Buffer {
  return Buffer.from(`${JSON.stringify(new MessagePackReader(tail).text())}}`)
}

function copyOf(bytes: Uint8Array, end: Uint8Array = noBytes): Buffer {
  const copy = Buffer.allocUnsafeSlow(bytes.length + end.length)
  copy.set(bytes)
  copy.set(end, bytes.length)
  return copy
}
const noBytes = new Uint8Array(0)

function isSame(left: Uint8Array, right: Uint8Array): boolean {
  if (left.length !== right.length) return false
  for (let at = 0; at < left.length; at++) if (left[at] !== right[at]) return false
  return true
}
