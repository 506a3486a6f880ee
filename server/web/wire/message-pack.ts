// MessagePack in a browser: the plain values that clients and gateways exchange.
//
// protocol/message-pack.ts is made for Node's buffers and writes by definition, which would bring every
// definition to every reader's first load. The bytes say themselves what they are, so the client needs
// neither; its types come from the definitions all the same (api.ts). A test writes with one and reads
// with the other.
// Format: the MessagePack specification, github.com/msgpack/msgpack/blob/master/spec.md.

const twoTo32 = 0x1_0000_0000
const textEncoder = new TextEncoder()
const textDecoder = new TextDecoder()

/** Encodes null, booleans, numbers, texts, lists and records; fields that are undefined are left out. */
export function encode(value: unknown): Uint8Array<ArrayBuffer> {
  const bytes: number[] = []
  write(bytes, value)
  return Uint8Array.from(bytes)
}

/** Decodes one value. Throws RangeError or TypeError where the bytes are none. */
export function decode(bytes: Uint8Array): unknown {
  return new Reader(bytes).value()
}

function write(bytes: number[], value: unknown): void {
  if (value === null || value === undefined) bytes.push(0xc0)
  else if (typeof value === 'boolean') bytes.push(value ? 0xc3 : 0xc2)
  else if (typeof value === 'number') writeNumber(bytes, value)
  else if (typeof value === 'string') writeText(bytes, value)
  else if (Array.isArray(value)) {
    writeHeader(bytes, value.length, { fix: 0x90, fixMax: 15, wide: 0xdc })
    for (const item of value) write(bytes, item)
  } else {
    const entries = Object.entries(value).filter(([, item]) => item !== undefined)
    writeHeader(bytes, entries.length, { fix: 0x80, fixMax: 15, wide: 0xde })
    for (const [name, item] of entries) {
      writeText(bytes, name)
      write(bytes, item)
    }
  }
}

function writeNumber(bytes: number[], value: number): void {
  if (!Number.isSafeInteger(value)) {
    const view = new DataView(new ArrayBuffer(8))
    view.setFloat64(0, value)
    bytes.push(0xcb, ...new Uint8Array(view.buffer))
  } else if (value < 0) {
    bytes.push(0xd3)
    pushInteger(bytes, Math.floor(value / twoTo32), 4)
    pushInteger(bytes, value - Math.floor(value / twoTo32) * twoTo32, 4)
  } else if (value < 0x80) {
    bytes.push(value)
  } else if (value < twoTo32) {
    bytes.push(0xce)
    pushInteger(bytes, value, 4)
  } else {
    bytes.push(0xcf)
    pushInteger(bytes, Math.floor(value / twoTo32), 4)
    pushInteger(bytes, value % twoTo32, 4)
  }
}

function writeText(bytes: number[], text: string): void {
  const encoded = textEncoder.encode(text)
  const count = encoded.length
  if (count < 32) bytes.push(0xa0 | count)
  else {
    bytes.push(count < 0x1_0000 ? 0xda : 0xdb)
    pushInteger(bytes, count, count < 0x1_0000 ? 2 : 4)
  }
  for (const byte of encoded) bytes.push(byte)
}

function writeHeader(
  bytes: number[],
  count: number,
  kind: { readonly fix: number; readonly fixMax: number; readonly wide: number },
): void {
  if (count <= kind.fixMax) bytes.push(kind.fix | count)
  else {
    bytes.push(count < 0x1_0000 ? kind.wide : kind.wide + 1)
    pushInteger(bytes, count, count < 0x1_0000 ? 2 : 4)
  }
}

/** Big-endian; also the two's complement of a negative number. */
function pushInteger(bytes: number[], value: number, width: 2 | 4): void {
  for (let shift = (width - 1) * 8; shift >= 0; shift -= 8) bytes.push((value >> shift) & 0xff)
}

class Reader {
  readonly #bytes: Uint8Array
  readonly #view: DataView
  #offset = 0

  constructor(bytes: Uint8Array) {
    this.#bytes = bytes
    this.#view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength)
  }

  value(): unknown {
    const tag = this.#view.getUint8(this.#offset++)
    if (tag < 0x80) return tag
    if (tag < 0x90) return this.#record(tag & 0x0f)
    if (tag < 0xa0) return this.#list(tag & 0x0f)
    if (tag < 0xc0) return this.#text(tag & 0x1f)
    if (tag >= 0xe0) return tag - 0x100
    if (tag === 0xc0) return null
    if (tag === 0xc2 || tag === 0xc3) return tag === 0xc3
    if (tag >= 0xca && tag <= 0xd3) return this.#number(tag)
    if (tag >= 0xd9 && tag <= 0xdb) return this.#text(this.#unsigned(1 << (tag - 0xd9)))
    if (tag === 0xdc || tag === 0xdd) return this.#list(this.#unsigned(tag === 0xdc ? 2 : 4))
    if (tag === 0xde || tag === 0xdf) return this.#record(this.#unsigned(tag === 0xde ? 2 : 4))
    throw new TypeError(`no value starts with 0x${tag.toString(16)}`)
  }

  #list(count: number): unknown[] {
    const items: unknown[] = []
    for (let index = 0; index < count; index++) items.push(this.value())
    return items
  }

  #record(count: number): Record<string, unknown> {
    const record: Record<string, unknown> = {}
    for (let index = 0; index < count; index++) {
      const name = this.value()
      record[String(name)] = this.value()
    }
    return record
  }

  #text(count: number): string {
    const start = this.#offset
    this.#offset += count
    if (this.#offset > this.#bytes.length) throw new RangeError('a text ends too early')
    return textDecoder.decode(this.#bytes.subarray(start, this.#offset))
  }

  #number(tag: number): number {
    if (tag === 0xca || tag === 0xcb) {
      const start = this.#offset
      this.#offset += tag === 0xca ? 4 : 8
      return tag === 0xca ? this.#view.getFloat32(start) : this.#view.getFloat64(start)
    }
    const width = 1 << (tag & 0x03)
    if (tag < 0xd0) return this.#unsigned(width)
    const start = this.#offset
    this.#offset += width
    if (width === 1) return this.#view.getInt8(start)
    if (width === 2) return this.#view.getInt16(start)
    const high = this.#view.getInt32(start)
    return width === 4 ? high : high * twoTo32 + this.#view.getUint32(start + 4)
  }

  /** @param width in bytes: 1, 2, 4 or 8 */
  #unsigned(width: number): number {
    const start = this.#offset
    this.#offset += width
    if (width === 1) return this.#view.getUint8(start)
    if (width === 2) return this.#view.getUint16(start)
    const high = this.#view.getUint32(start)
    return width === 4 ? high : high * twoTo32 + this.#view.getUint32(start + 4)
  }
}
