// Digest entries: what the primary says, in the log itself, about the state before the entry.
//
// Every host of the partition computes the same digest when it comes to the entry, and compares (I7). A
// digest covers one slice of the partition's users, another one each time, so that the cost of a look
// stays the same however large the partition grows. Which slice it is stands in the entry.
//
//   0xc1 | u16 slice | u16 slices | digest as text        (0xc1 begins no MessagePack, so no event)

const marker = 0xc1
const headerBytes = 5

export type DigestEntry = {
  readonly slice: number
  /** How many slices there are; a power of two up to 32,768. */
  readonly slices: number
  readonly digest: string
}

export function encodeDigestEntry({ slice, slices, digest }: DigestEntry): Uint8Array {
  const bytes = Buffer.alloc(headerBytes + digest.length)
  bytes[0] = marker
  bytes.writeUInt16LE(slice, 1)
  bytes.writeUInt16LE(slices, 3)
  bytes.write(digest, headerBytes, 'latin1')
  return bytes
}

/** Whether the payload of a log entry is a digest and no event. */
export function isDigestEntry(payload: Uint8Array): boolean {
  return payload[0] === marker
}

export function decodeDigestEntry(payload: Uint8Array): DigestEntry {
  const bytes = Buffer.from(payload.buffer, payload.byteOffset, payload.byteLength)
  return {
    slice: bytes.readUInt16LE(1),
    slices: bytes.readUInt16LE(3),
    digest: bytes.toString('latin1', headerBytes),
  }
}
