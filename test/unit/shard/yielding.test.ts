import { getPriority } from 'node:os'
import { expect, test } from 'vitest'
import { yielding } from '../../../shard/yielding.ts'

test('the work is done behind others where this process may go back, and it goes back', async () => {
  const before = getPriority()
  const during = await yielding(async () => getPriority())
  expect(during).toBeGreaterThanOrEqual(before)
  // Who may not go back stays at most one step below.
  expect(getPriority() - before).toBeLessThanOrEqual(1)
})

test('it goes back as well where the work fails', async () => {
  const before = getPriority()
  const work = (): Promise<never> => Promise.reject(new Error('no log'))
  await expect(yielding(work)).rejects.toThrow('no log')
  expect(getPriority() - before).toBeLessThanOrEqual(1)
})
