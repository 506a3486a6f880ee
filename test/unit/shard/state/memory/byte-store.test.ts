import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { ByteStore, recordBytesMax } from '../../../../../shard/state/memory/byte-store.ts'
import { seeded } from '../seeded.ts'

const operation = fc.record({
  bytes: fc.oneof(fc.uint8Array({ maxLength: 300 }), fc.uint8Array({ maxLength: 20 })),
  kind: fc.constantFrom('put', 'put', 'free'),
  which: fc.nat(),
})

/** A record that says its number in every byte, so that a mixed-up one shows. */
function recordOf(number: number, length: number): Uint8Array {
  return new Uint8Array(length).fill(number % 251)
}

/** Whether the record holds exactly `length` bytes of `number`, seen through `copyTo`. */
function holds(
  store: ByteStore,
  { reference, number, length }: { reference: number; number: number; length: number },
): boolean {
  const target = new Uint8Array(length + 2).fill(255)
  if (store.copyTo(reference, target, 1) !== length) return false
  if (target[0] !== 255 || target[length + 1] !== 255) return false
  return target.subarray(1, length + 1).every((byte) => byte === number % 251)
}

describe('a byte store', () => {
  test('gives every record back as it was put in, whatever is put and freed around it', () => {
    fc.assert(
      fc.property(fc.array(operation, { maxLength: 80 }), (operations) => {
        const store = new ByteStore({ pageBytes: 1_024 })
        const model = new Map<number, Uint8Array>()
        for (const { bytes, kind, which } of operations) {
          if (kind === 'put') {
            const reference = store.put(bytes)
            expect(reference).toBeGreaterThan(0)
            expect(reference).toBeLessThan(2 ** 32)
            expect(model.has(reference)).toBe(false)
            model.set(reference, bytes)
          } else if (model.size > 0) {
            const reference = [...model.keys()][which % model.size]!
            store.free(reference)
            model.delete(reference)
          }
        }
        let bytesUsed = 0
        for (const [reference, bytes] of model) {
          bytesUsed += bytes.length
          expect(store.length(reference)).toBe(bytes.length)
          expect(new Uint8Array(store.view(reference))).toEqual(bytes)
          const target = new Uint8Array(bytes.length + 3)
          expect(store.copyTo(reference, target, 3)).toBe(bytes.length)
          expect(target.subarray(3)).toEqual(bytes)
        }
        expect(store.bytesUsed).toBe(bytesUsed)
      }),
    )
  })

  test('still does after 100,000 tweets that come and go, in the room of those there at once', () => {
    const draw = seeded(5)
    const store = new ByteStore({ pageBytes: 65_536 })
    const live: { reference: number; number: number; length: number }[] = []
    let bytesAfterTenth = 0
    for (let step = 0; step < 100_000; step++) {
      if (live.length < 1_000 || draw(2) === 0) {
        const length = draw(50) === 0 ? 1_000 + draw(3_000) : 50 + draw(200)
        live.push({ reference: store.put(recordOf(step, length)), number: step, length })
      } else {
        const at = draw(live.length)
        const last = live.pop()!
        const record = live[at] ?? last
        if (at < live.length) live[at] = last
        if (step % 8 === 0 && !holds(store, record)) expect.fail(`record ${record.number}`)
        store.free(record.reference)
      }
      if (step === 10_000) bytesAfterTenth = store.bytes
    }
    for (const record of live) if (!holds(store, record)) expect.fail(`record ${record.number}`)
    expect(store.bytesUsed).toBe(live.reduce((bytes, { length }) => bytes + length, 0))
    expect(store.bytes).toBeLessThan(bytesAfterTenth * 2)
  })

  test('takes records of every length up to 64 KiB, and no longer ones', () => {
    const store = new ByteStore()
    const lengths = [0, 1, 11, 12, 13, 27, 28, 29, 252, 253, 4_092, 4_093, 65_535, recordBytesMax]
    const records = lengths.map((length, number) => ({
      reference: store.put(recordOf(number, length)),
      number,
      length,
    }))
    for (const record of records) expect(holds(store, record)).toBe(true)
    expect(() => store.put(new Uint8Array(recordBytesMax + 1))).toThrow(RangeError)
  })

  test('takes a part of the bytes where it is told to', () => {
    const store = new ByteStore()
    const bytes = Uint8Array.of(1, 2, 3, 4, 5)
    expect([...store.view(store.put(bytes, { from: 1, to: 3 }))]).toEqual([2, 3])
    expect([...store.view(store.put(bytes.subarray(2), { from: 1 }))]).toEqual([4, 5])
    for (const range of [{ from: -1 }, { to: 6 }, { from: 3, to: 2 }])
      expect(() => store.put(bytes, range)).toThrow(RangeError)
  })

  test('says so when a record is freed twice, was never there, or does not fit the target', () => {
    const store = new ByteStore()
    const reference = store.put(Uint8Array.of(1, 2, 3))
    expect(() => store.copyTo(reference, new Uint8Array(4), 2)).toThrow(RangeError)
    store.free(reference)
    expect(() => store.free(reference)).toThrow(RangeError)
    expect(() => store.view(reference)).toThrow(RangeError)
    for (const wrong of [-1, 65_536 * 9]) expect(() => store.length(wrong)).toThrow(RangeError)
  })

  test('starts with less than 4 KB and loses at most a quarter of a large stock', () => {
    const store = new ByteStore()
    expect(store.bytes).toBeLessThan(4_096)
    store.put(recordOf(1, 200))
    expect(store.bytes).toBeLessThan(4_096)
    const draw = seeded(6)
    for (let n = 0; n < 20_000; n++) store.put(recordOf(n, 60 + draw(300)))
    expect(store.bytesUsed / store.bytes).toBeGreaterThan(0.75)
    for (const pageBytes of [0, 512, 1_500, 2 ** 21])
      expect(() => new ByteStore({ pageBytes })).toThrow(RangeError)
  })
})
