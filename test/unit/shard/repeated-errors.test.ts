import { expect, test } from 'vitest'
import { RepeatedErrors, toldAgainAfterMs } from '../../../shard/repeated-errors.ts'

test('an error is told at once, its repeats only now and then with their number', () => {
  const told: unknown[] = []
  let nowMs = 0
  const errors = new RepeatedErrors({
    log: { error: (...line: unknown[]) => told.push(line) } as never,
    now: () => nowMs,
  })
  const away = new Error('away')
  for (let count = 0; count < 100; count++) errors.tell(away, 'the log is away')
  errors.tell(away, 'something else')
  expect(told).toEqual([
    [{ err: away }, 'the log is away'],
    [{ err: away }, 'something else'],
  ])
  nowMs = toldAgainAfterMs
  errors.tell(away, 'the log is away')
  errors.tell(away, 'something else')
  expect(told.slice(2)).toEqual([
    [{ err: away, repeats: 99 }, 'the log is away'],
    [{ err: away }, 'something else'],
  ])
})

test('as many kinds of errors as you like take bounded memory, and each is told', () => {
  let told = 0
  const errors = new RepeatedErrors({ log: { error: () => told++ } as never, now: () => 0 })
  for (let kind = 0; kind < 1_000; kind++) errors.tell(new Error(), `kind ${kind}`)
  expect(told).toBe(1_000)
})
