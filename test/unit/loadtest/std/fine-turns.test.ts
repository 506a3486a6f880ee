import { expect, test } from 'vitest'
import { inFineTurns } from '../../../../loadtest/std/fine-turns.ts'

test('turns come until one gives true, and everything else goes on meanwhile', async () => {
  const happened: string[] = []
  setImmediate(() => happened.push('something else'))
  let turns = 0
  await inFineTurns(() => {
    happened.push('turn')
    return ++turns === 3
  })
  expect(happened).toEqual(['turn', 'something else', 'turn', 'turn'])
})
