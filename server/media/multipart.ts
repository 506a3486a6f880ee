// Multipart forms (RFC 7578), read as they come: what is there is handed on, what is not yet whole waits.
//
//   --BOUNDARY\r\n head \r\n\r\n data …\r\n--BOUNDARY\r\n head \r\n\r\n data …\r\n--BOUNDARY--
//
// The input is hostile. No more than a head or a boundary is ever kept, so memory does not depend on the
// size of anything; time is linear; and every form has either one reading here or none.

import { partHeadBytesMax, partsMax } from './limits.ts'

export type FormEvent =
  | { readonly kind: 'part'; readonly name: string; readonly isFile: boolean }
  /** A piece of the part that began last: a view of what was pushed, or a copy. */
  | { readonly kind: 'data'; readonly bytes: Buffer }
  | { readonly kind: 'part-end' }
  | { readonly kind: 'form-end' }

/** A form that cannot be read. The message is for its sender. */
export class FormProblem extends Error {
  override readonly name = 'FormProblem'
}

/** The boundary of a `Content-Type`; undefined where it is not a form of this kind, or a wrong one. */
export function boundaryOf(contentType: string): string | undefined {
  const match =
    /^\s*multipart\/form-data\s*;(?:.*;)?\s*boundary=(?:"([^"]{1,70})"|([^\s;"]{1,70}))\s*(?:;|$)/i.exec(
      contentType.slice(0, 512),
    )
  const boundary = match?.[1] ?? match?.[2]
  // The characters of RFC 2046; a space may not be the last.
  return boundary !== undefined && /^[\w'()+,./:=? -]*[\w'()+,./:=?-]$/.test(boundary)
    ? boundary
    : undefined
}

type State = 'preamble' | 'after-boundary' | 'head' | 'data' | 'epilogue'

const crlf = Buffer.from('\r\n')
const headEnd = Buffer.from('\r\n\r\n')

export class MultipartReader {
  /** With the line break before it, which belongs to the boundary. */
  readonly #delimiter: Buffer
  #state: State = 'preamble'
  /** What cannot be told apart yet. The first boundary may come without a line break: here is one. */
  #rest: Buffer = crlf
  #parts = 0
  /** Whether the line break that ends the head is behind us. */
  #isDataBegun = false

  constructor(boundary: string) {
    this.#delimiter = Buffer.from(`\r\n--${boundary}`, 'latin1')
  }

  /** Whether the last boundary was seen. What comes after it is nobody's. */
  get isComplete(): boolean {
    return this.#state === 'epilogue'
  }

  /**
   * Takes the next bytes of the body. Take all events before the next push.
   * @throws FormProblem where it is no form, or beyond a limit
   */
  *push(chunk: Buffer): Generator<FormEvent> {
    if (this.#state === 'epilogue') return
    let bytes: Buffer
    if (this.#isRestData(chunk)) {
      yield { kind: 'data', bytes: this.#rest }
      bytes = chunk
    } else {
      bytes = this.#rest.length === 0 ? chunk : Buffer.concat([this.#rest, chunk])
    }
    for (;;) {
      const before: number = bytes.length
      const state: State = this.#state
      bytes = yield* this.#step(bytes)
      if (this.isComplete) return
      if (bytes.length === before && this.#state === state) break
    }
    this.#rest = Buffer.from(bytes)
  }

  /**
   * Whether no boundary begins in what was kept: then it goes on its way, and the chunk need not be copied.
   * So is nearly every chunk of a large file.
   */
  #isRestData(chunk: Buffer): boolean {
    const [rest, { length }] = [this.#rest, this.#delimiter]
    if (this.#state !== 'data' || !this.#isDataBegun || chunk.length < length) return false
    if (rest.length === 0) return false
    const at = Buffer.concat([rest, chunk.subarray(0, length)]).indexOf(this.#delimiter)
    return at < 0 || at >= rest.length
  }

  /** Does what can be done in the present state. @returns what is left */
  *#step(bytes: Buffer): Generator<FormEvent, Buffer> {
    switch (this.#state) {
      case 'preamble':
        return this.#passPreamble(bytes)
      case 'after-boundary':
        return yield* this.#afterBoundary(bytes)
      case 'head':
        return yield* this.#readHead(bytes)
      case 'data':
        return yield* this.#readData(bytes)
      case 'epilogue':
        return bytes
    }
  }

  #passPreamble(bytes: Buffer): Buffer {
    const at = bytes.indexOf(this.#delimiter)
    if (at < 0) {
      if (bytes.length > partHeadBytesMax) throw new FormProblem('The form has no boundary.')
      return bytes
    }
    this.#state = 'after-boundary'
    return bytes.subarray(at + this.#delimiter.length)
  }

  /** `--` ends the form; a line break, which may have blanks before it, begins a part. */
  *#afterBoundary(bytes: Buffer): Generator<FormEvent, Buffer> {
    if (bytes.length < 2) return bytes
    if (bytes.toString('latin1', 0, 2) === '--') {
      this.#state = 'epilogue'
      yield { kind: 'form-end' }
      return bytes.subarray(2)
    }
    const at = bytes.indexOf(crlf)
    const blanks = bytes.toString('latin1', 0, at < 0 ? Math.min(bytes.length, blanksMax + 2) : at)
    if (at > blanksMax || blanks.length > blanksMax + 1 || !/^[ \t]*\r?$/.test(blanks)) {
      throw new FormProblem('A boundary of the form does not end its line.')
    }
    if (at < 0) return bytes
    this.#parts++
    if (this.#parts > partsMax) throw new FormProblem(`The form has more than ${partsMax} parts.`)
    this.#state = 'head'
    // The line break stays: so a head without any line is ended by the two that are there.
    return bytes.subarray(at)
  }

  *#readHead(bytes: Buffer): Generator<FormEvent, Buffer> {
    const end = bytes.indexOf(headEnd)
    if ((end < 0 ? bytes.length : end) > partHeadBytesMax) {
      throw new FormProblem(`The head of a part has more than ${partHeadBytesMax} bytes.`)
    }
    if (end < 0) return bytes
    yield { kind: 'part', ...dispositionOf(bytes.toString('utf8', 0, end)) }
    this.#state = 'data'
    // Its last line break may be the first of the boundary that follows: then the part is empty.
    return bytes.subarray(end + crlf.length)
  }

  *#readData(bytes: Buffer): Generator<FormEvent, Buffer> {
    const at = bytes.indexOf(this.#delimiter)
    // The end of the bytes may be the start of a boundary.
    const end = at < 0 ? bytes.length - this.#delimiter.length + 1 : at
    const from = this.#isDataBegun ? 0 : crlf.length
    if (end > from) {
      this.#isDataBegun = true
      yield { kind: 'data', bytes: bytes.subarray(from, end) }
    }
    if (at < 0) return end > from ? bytes.subarray(end) : bytes
    this.#isDataBegun = false
    this.#state = 'after-boundary'
    yield { kind: 'part-end' }
    return bytes.subarray(at + this.#delimiter.length)
  }
}

/** Blanks that may stand behind a boundary. */
const blanksMax = 64

/** The name of a part, and whether it is a file, from its head. */
function dispositionOf(head: string): { name: string; isFile: boolean } {
  const lines = head.split('\r\n').filter((line) => /^content-disposition\s*:/i.test(line))
  const [line = ''] = lines
  const start = /^[^:]*:\s*form-data\s*/i.exec(line)
  if (lines.length !== 1 || start === null) throw noDisposition()
  const params = new Map<string, string>()
  paramPattern.lastIndex = start[0].length
  while (paramPattern.lastIndex < line.length) {
    const [, name, quoted, plain = ''] = paramPattern.exec(line) ?? []
    if (name === undefined || params.has(name.toLowerCase())) throw noDisposition()
    params.set(name.toLowerCase(), quoted ?? plain)
  }
  const name = params.get('name')
  if (name === undefined) throw noDisposition()
  return { name, isFile: params.has('filename') || params.has('filename*') }
}

/** One parameter and the blanks behind it. A quote inside of quotes has a backslash before it. */
const paramPattern = /;\s*([\w-]+\*?)\s*=\s*(?:"((?:\\"|[^"])*)"|([^\s;"]*))\s*/gy

function noDisposition(): FormProblem {
  return new FormProblem('A part of the form does not say, or says twice, which field it is.')
}
