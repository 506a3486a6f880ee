import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  FrameBatch,
  frameKinds,
  readAnswer,
  readNotServed,
  readPush,
  readRequest,
} from '../../../protocol/cluster.ts'
import { isProof, makeProof } from '../../../protocol/cluster-handshake.ts'
import {
  notModifiedTailAt,
  readConditionalRequest,
  readNotModified,
  readValidatedAnswer,
} from '../../../protocol/cluster-pages.ts'
import { ClusterProtocolError, FrameReader } from '../../../protocol/cluster-stream.ts'
import { failure } from '../../../protocol/errors.ts'
import { pack } from '../../../protocol/frame.ts'
import { clusterFrameBytesMax } from '../../../protocol/limits.ts'

type Frame = { readonly kind: number; readonly body: Buffer }

/** Cuts a stream into frames, as it comes in chunks of any size; in all ways that there are. */
function framesOf(bytes: Buffer, chunkBytes = bytes.length): Frame[] {
  const frames = framesRead(bytes, chunkBytes)
  expect(framesReceived(bytes, chunkBytes)).toEqual(frames)
  expect(framesOneByOne(bytes, chunkBytes)).toEqual(frames)
  return frames
}

/** The reader is paused at each frame, and goes on after the next chunk. */
function framesOneByOne(bytes: Buffer, chunkBytes: number): Frame[] {
  const reader = new FrameReader(clusterFrameBytesMax)
  const frames: Frame[] = []
  const onFrame = (kind: number, body: Buffer): void => {
    frames.push({ kind, body: Buffer.from(body) })
    reader.pause()
  }
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    const count = frames.length
    const wasPaused = reader.isPaused
    reader.read(bytes.subarray(start, start + chunkBytes), onFrame)
    if (wasPaused) expect(frames).toHaveLength(count)
    if (reader.isPaused) reader.resume(onFrame)
  }
  while (reader.isPaused) reader.resume(onFrame)
  return frames
}

function framesReceived(bytes: Buffer, chunkBytes: number): Frame[] {
  const reader = new FrameReader(clusterFrameBytesMax)
  const frames: Frame[] = []
  for (let start = 0; start < bytes.length; ) {
    const room = reader.room()
    const count = bytes.copy(room, 0, start, Math.min(start + chunkBytes, bytes.length))
    reader.received(count, (kind, body) => frames.push({ kind, body: Buffer.from(body) }))
    start += count
  }
  return frames
}

function framesRead(bytes: Buffer, chunkBytes: number): Frame[] {
  const reader = new FrameReader(clusterFrameBytesMax)
  const frames: Frame[] = []
  for (let start = 0; start < bytes.length; start += chunkBytes) {
    reader.read(bytes.subarray(start, start + chunkBytes), (kind, body) =>
      frames.push({ kind, body: Buffer.from(body) }),
    )
  }
  return frames
}

const request = fc.record({
  requestId: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  operation: fc.integer({ min: 0, max: 65_535 }),
  partition: fc.nat(255),
  slot: fc.integer({ min: 0, max: 2 ** 32 - 1 }),
  actor: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
  context: fc.option(fc.record({ address: fc.string(), tokenHash: fc.string() }), {
    nil: undefined,
  }),
  params: fc.uint8Array({ maxLength: 200 }),
})

describe('frames between gateway and shard', () => {
  test('come out as they were put in, in whatever pieces they arrive', () => {
    fc.assert(
      fc.property(
        fc.array(request, { maxLength: 5 }),
        fc.integer({ min: 1, max: 50 }),
        (all, bytes) => {
          const batch = new FrameBatch()
          for (const one of all) batch.request(one)
          const frames = framesOf(batch.take(), bytes)
          expect(frames.map(({ kind }) => kind)).toEqual(all.map(() => frameKinds.request))
          const read = frames.map(({ body }) => readRequest(body))
          expect(read.map((one) => ({ ...one, params: Uint8Array.from(one.params) }))).toEqual(all)
        },
      ),
    )
  })

  test('carry conditions, and what is said to them', () => {
    const batch = new FrameBatch()
    const frame = { requestId: 9, operation: 0x30, partition: 3, slot: 4, actor: 2 ** 40 }
    const asked = { ...frame, context: undefined, params: pack({}), validator: 2 ** 50 + 1 }
    const page = { validator: 7, tailBytes: 2, result: Buffer.from('page') }
    batch.request(asked)
    batch.validatedAnswer(9, page)
    batch.notModified(2 ** 32 - 1, Buffer.from('ge'))
    const [first, second, third] = framesOf(batch.take()).map(({ body }) => body)
    expect(readConditionalRequest(first!)).toEqual(asked)
    expect(readValidatedAnswer(second!)).toEqual({ requestId: 9, ...page })
    expect(readNotModified(third!)).toBe(2 ** 32 - 1)
    expect(third!.subarray(notModifiedTailAt)).toEqual(Buffer.from('ge'))
    expect(() => readConditionalRequest(first!.subarray(0, 7))).toThrow(ClusterProtocolError)
    expect(() => readConditionalRequest(first!.subarray(0, 20))).toThrow(ClusterProtocolError)
    expect(() => readNotModified(third!.subarray(0, 3))).toThrow(ClusterProtocolError)
    // The end is longer than the page, or there is none.
    for (const bytes of [0, 13, 15]) {
      expect(() => readValidatedAnswer(second!.subarray(0, bytes))).toThrow(ClusterProtocolError)
    }
    const endless = Buffer.from(second!)
    endless.writeUInt16LE(0, 12)
    expect(() => readValidatedAnswer(endless)).toThrow(ClusterProtocolError)
  })

  test('carry answers and errors by the id of their request', () => {
    const batch = new FrameBatch()
    const error = failure('rate_limited', { retryAfterMs: 200, field: 'text' })
    batch.answer(7, pack({ a: 1 }))
    batch.error(2 ** 32 - 1, error)
    const [answer, no] = framesOf(batch.take()).map(({ body }) => readAnswer(body))
    expect(answer).toEqual({ requestId: 7, result: pack({ a: 1 }) })
    expect(no).toEqual({ requestId: 2 ** 32 - 1, error })
  })

  test('say of a request that it was not served', () => {
    const batch = new FrameBatch()
    batch.notServed(2 ** 32 - 1)
    const [{ kind, body }] = framesOf(batch.take()) as [Frame]
    expect(kind).toBe(frameKinds.notServed)
    expect(readNotServed(body)).toBe(2 ** 32 - 1)
    expect(() => readNotServed(body.subarray(1))).toThrow(ClusterProtocolError)
  })

  test('carry one push for as many sockets as were counted, not for the rest of the array', () => {
    const slots = Uint32Array.from([5, 6, 2 ** 32 - 1, 99])
    const batch = new FrameBatch()
    batch.push({ code: 3, slots, count: 3, data: Buffer.from('data') })
    const [{ kind, body }] = framesOf(batch.take()) as [Frame]
    expect(kind).toBe(frameKinds.push)
    expect(readPush(body)).toEqual({
      code: 3,
      slots: slots.slice(0, 3),
      data: Buffer.from('data'),
    })
  })

  test('of one turn are one buffer, which belongs to who took it', () => {
    const batch = new FrameBatch()
    batch.disconnected(1)
    batch.add(frameKinds.status, Buffer.from('x'.repeat(100_000)))
    expect(batch.length).toBe(5 + 4 + 5 + 100_000)
    const taken = batch.take()
    expect(batch.length).toBe(0)
    batch.disconnected(2)
    const slots = [taken, batch.take()].map((bytes) => framesOf(bytes)[0]!.body.readUInt32LE(0))
    expect(slots).toEqual([1, 2])
  })
})

test('a buffer that is given back when it is written serves again, and mixes nothing up', () => {
  const batch = new FrameBatch()
  const turn = (slot: number): Buffer => {
    batch.disconnected(slot)
    return batch.take()
  }
  const [first, second] = [turn(1), turn(2)]
  batch.recycle(first)
  const slots = [second, turn(3), turn(4), turn(5)].map((bytes) => [
    bytes.buffer === first.buffer,
    framesOf(bytes)[0]!.body.readUInt32LE(0),
  ])
  expect(slots.map(([, slot]) => slot)).toEqual([2, 3, 4, 5])
  expect(slots.filter(([isFirst]) => isFirst)).toHaveLength(1)
})

describe('a stream that is not ours', () => {
  test.each([
    ['an empty frame', 0],
    ['a frame over the limit', 257],
    ['a length that nobody has', 2 ** 32 - 1],
  ])('ends with %s, before anything is kept for it', (_what, size) => {
    const bytes = Buffer.alloc(10)
    bytes.writeUInt32LE(size)
    const reader = new FrameReader(256)
    expect(() => reader.read(bytes, () => undefined)).toThrow(ClusterProtocolError)
  })

  test('may have a frame of exactly the limit, and the limit may rise in between', () => {
    const batch = new FrameBatch()
    batch.add(1, Buffer.alloc(255))
    batch.add(2, Buffer.alloc(1_000))
    const reader = new FrameReader(256)
    const kinds: number[] = []
    reader.read(batch.take(), (kind) => {
      kinds.push(kind)
      reader.bytesMax = 2_000
    })
    expect(kinds).toEqual([1, 2])
  })

  test('of frames longer than the buffer takes a larger one, and a smaller one again', () => {
    const sizes = [10, 700_000, 3, 300_000, 5, 90_000, 1]
    const batch = new FrameBatch()
    for (const [place, size] of sizes.entries()) batch.add(7, Buffer.alloc(size, place))
    const frames = framesOf(batch.take(), 50_000)
    expect(frames.map(({ body }) => body.length)).toEqual(sizes)
    for (const [place, { body }] of frames.entries()) {
      expect(body.equals(Buffer.alloc(body.length, place))).toBe(true)
    }
  })

  test.each([0, 1, 19])('is told by a request of %d bytes', (bytes) => {
    expect(() => readRequest(Buffer.alloc(bytes))).toThrow(ClusterProtocolError)
  })

  test('is told by a request whose context is cut short, or is no context', () => {
    const [{ body }] = requestFrame() as [Frame]
    for (const contextBytes of [body.length, 65_535]) {
      const wrong = Buffer.from(body)
      wrong.writeUInt16LE(contextBytes, 19)
      expect(() => readRequest(wrong)).toThrow(ClusterProtocolError)
    }
    const garbage = Buffer.from(body)
    garbage.fill(0xc1, 21)
    expect(() => readRequest(garbage)).toThrow(ClusterProtocolError)
  })
})

describe('a proof', () => {
  const nonces = { gateway: Buffer.alloc(32, 1), shard: Buffer.alloc(32, 2) }

  test('is right for one secret, one role and one pair of nonces only', () => {
    const proof = makeProof('secret', 'gateway', nonces)
    expect(isProof(makeProof('secret', 'gateway', nonces), proof)).toBe(true)
    const others = [
      makeProof('another', 'gateway', nonces),
      makeProof('secret', 'shard', nonces),
      makeProof('secret', 'gateway', { ...nonces, gateway: nonces.shard }),
      makeProof('secret', 'gateway', { gateway: nonces.shard, shard: nonces.gateway }),
    ]
    for (const other of others) expect(isProof(other, proof)).toBe(false)
  })

  test('of another length is wrong, and does not throw', () => {
    const proof = makeProof('secret', 'gateway', nonces)
    for (const given of [Buffer.alloc(0), proof.subarray(1), Buffer.concat([proof, proof])]) {
      expect(isProof(given, proof)).toBe(false)
    }
  })
})

function requestFrame(): Frame[] {
  const batch = new FrameBatch()
  const ids = { requestId: 1, operation: 2, partition: 3, slot: 4, actor: 5 }
  batch.request({ ...ids, context: { address: '192.0.2.1' }, params: pack({ a: 1 }) })
  return framesOf(batch.take())
}
