import { expect, test } from 'vitest'
import { restartPauseMs } from '../../../../server/supervisor/supervised-process.ts'

test('the first death costs no pause; dying again and again costs 100 ms, doubling to 5 s', () => {
  const pauses = Array.from({ length: 9 }, (_, index) => restartPauseMs(index + 1))
  expect(pauses).toEqual([0, 100, 200, 400, 800, 1600, 3200, 5000, 5000])
})
