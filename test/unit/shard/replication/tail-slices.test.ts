import { expect, test } from 'vitest'
import { TailSlices } from '../../../../shard/replication/tail-slices.ts'

test('a slice is as long as all else took since the one before, and never long', () => {
  let nowMs = 1_000
  const slices = new TailSlices(() => nowMs)
  const lengths: number[] = []
  for (const elseMs of [50, 0, 1, 5, 11, 40, 2]) {
    nowMs += elseMs
    lengths.push(slices.begin() - nowMs)
    nowMs += 4
    slices.end()
  }
  expect(lengths).toEqual([3, 3, 3, 5, 11, 12, 3])
})

test('time without anything to hand over is nobody\u2019s', () => {
  let nowMs = 1_000
  const slices = new TailSlices(() => nowMs)
  slices.begin()
  slices.end()
  slices.rest()
  nowMs += 20
  expect(slices.begin() - nowMs).toBe(3)
})
