// The queue of bytes against a list of entries: what goes in comes out, whatever was marked dead and let go before.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import {
  entryAt,
  isDead,
  KeptRecords,
  markDead,
} from '../../../../../shard/replication/redis/kept-records.ts'
import type { StreamEntry } from '../../../../../shard/replication/redis/redis-codec.ts'

const position = fc.record({
  epoch: fc.nat(2 ** 31 - 1),
  sequence: fc.integer({ min: 0, max: Number.MAX_SAFE_INTEGER }),
})
const entry: fc.Arbitrary<StreamEntry> = fc.record({
  position,
  previous: position,
  payload: fc
    .oneof(fc.nat(40), fc.constantFrom(0, 300_000, 1_100_000))
    .map((length) => Buffer.alloc(length, length % 251)),
  isBarrier: fc.boolean(),
  origins: fc.array(position, { maxLength: 3 }),
})
const step = fc.oneof(
  { weight: 4, arbitrary: fc.tuple(fc.constant('add' as const), fc.nat(255), entry) },
  { weight: 2, arbitrary: fc.tuple(fc.constant('shift' as const)) },
  { weight: 1, arbitrary: fc.tuple(fc.constant('drop' as const), fc.nat(255), fc.nat(5)) },
)

test('gives back what was added, partition by partition, and lets the oldest go', () => {
  fc.assert(
    fc.property(fc.array(step, { maxLength: 60 }), (steps) => {
      const records = new KeptRecords()
      let model: { partition: number; entry: StreamEntry; isDead: boolean }[] = []
      const alive = (of: number) =>
        model.filter(({ partition, isDead }) => partition === of && !isDead)
      for (const [kind, partition = 0, what] of steps) {
        if (kind === 'add') {
          const added = what as StreamEntry
          expect(records.add(partition % 3, added, 7)).toBeGreaterThan(added.payload.length)
          model.push({ partition: partition % 3, entry: added, isDead: false })
        } else if (kind === 'drop') {
          const dropped = [...records.of(partition % 3)][what as number]
          if (dropped !== undefined) markDead(dropped)
          const same = alive(partition % 3)[what as number]
          if (same !== undefined) same.isDead = true
        } else if (records.oldest !== undefined) {
          expect(isDead(records.oldest)).toBe(model[0]?.isDead)
          records.shift()
          model = model.slice(1)
        }
        expect(records.oldest === undefined).toBe(model.length === 0)
        for (const of of [0, 1, 2]) {
          const found = Array.from(records.of(of), entryAt)
          expect(found.map(({ payload, ...rest }) => [rest, payload.length])).toEqual(
            alive(of).map(({ entry: { payload, ...rest } }) => [rest, payload.length]),
          )
          const same = alive(of).every(({ entry }, place) =>
            Buffer.from(entry.payload).equals(found[place]!.payload),
          )
          expect(same).toBe(true)
        }
      }
    }),
    { numRuns: 60 },
  )
})
