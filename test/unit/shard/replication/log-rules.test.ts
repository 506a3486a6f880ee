import { expect, test } from 'vitest'
import {
  checkAppendRequest,
  follows,
  isHeldBy,
  leaseInTheWay,
  nextEpoch,
  refuseAppend,
} from '../../../../shard/replication/log-rules.ts'
import { logStart } from '../../../../shard/replication/position.ts'

const lease = { node: 'a', epoch: 3, expiresAtMs: 1000 }
const request = {
  partition: 0,
  node: 'a',
  epoch: 3,
  previous: { epoch: 3, sequence: 5 },
  payloads: [new Uint8Array(1), new Uint8Array(1)],
}
const at = (epoch: number, sequence: number) => ({ epoch, sequence })

test('a lease holds up to its last millisecond, for its node and its epoch', () => {
  expect(isHeldBy(lease, { node: 'a', epoch: 3 }, 999)).toBe(true)
  expect(isHeldBy(lease, { node: 'a', epoch: 3 }, 1000)).toBe(false)
  expect(isHeldBy(lease, { node: 'b', epoch: 3 }, 0)).toBe(false)
  expect(isHeldBy(lease, { node: 'a', epoch: 2 }, 0)).toBe(false)
  expect(leaseInTheWay(lease, { node: 'b', nowMs: 999 })).toBe(lease)
  expect(leaseInTheWay(lease, { node: 'b', nowMs: 1000 })).toBeUndefined()
  expect(leaseInTheWay(lease, { node: 'a', nowMs: 0 })).toBeUndefined()
})

test('the next epoch is beyond counter, log and caller', () => {
  expect(nextEpoch({ counter: 4, last: at(2, 9), minEpoch: 1 })).toBe(5)
  expect(nextEpoch({ counter: 1, last: at(6, 9), minEpoch: 1 })).toBe(7)
  expect(nextEpoch({ counter: 1, last: logStart, minEpoch: 8 })).toBe(9)
})

test('an append is judged in order: fenced, duplicate, lease, gap', () => {
  const judge = (last: { epoch: number; sequence: number }, held = true) =>
    refuseAppend(request, { last, lease: held ? lease : undefined, nowMs: 0 })?.outcome
  expect(judge(at(4, 1), false)).toBe('fenced')
  expect(judge(at(3, 7), false)).toBe('duplicate')
  expect(judge(at(3, 9), false)).toBe('duplicate')
  expect(judge(at(3, 6), false)).toBe('no-lease')
  expect(judge(at(3, 6))).toBe('gap')
  expect(judge(at(3, 4))).toBe('gap')
  expect(judge(at(2, 5))).toBe('gap')
  expect(judge(at(3, 5))).toBeUndefined()
})

test('a request that no correct primary makes is refused as a mistake', () => {
  expect(() => checkAppendRequest(request)).not.toThrow()
  expect(() => checkAppendRequest({ ...request, payloads: [] })).toThrow(RangeError)
  expect(() => checkAppendRequest({ ...request, previous: at(3, 0) })).toThrow(RangeError)
  expect(() => checkAppendRequest({ ...request, previous: at(2, 5) })).toThrow(RangeError)
})

test('an entry follows by count inside an epoch, a barrier by what it names', () => {
  const entry = { position: at(3, 6), previous: at(3, 5), payload: new Uint8Array(0) }
  const barrier = { position: at(4, 1), previous: at(3, 5), payload: new Uint8Array(0) }
  expect(follows({ ...entry, isBarrier: false }, at(3, 5))).toBe(true)
  expect(follows({ ...entry, isBarrier: false }, at(3, 4))).toBe(false)
  expect(follows({ ...entry, position: at(3, 7), isBarrier: false }, at(3, 5))).toBe(false)
  expect(follows({ ...barrier, isBarrier: true }, at(3, 5))).toBe(true)
  expect(follows({ ...barrier, isBarrier: true }, at(3, 4))).toBe(false)
  expect(follows({ ...barrier, isBarrier: false }, at(3, 5))).toBe(false)
})
