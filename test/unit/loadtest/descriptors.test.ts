import { expect, test } from 'vitest'
import { UsageError } from '../../../loadtest/options.ts'
import { checkDescriptors } from '../../../loadtest/swarm/descriptors.ts'

const limits =
  'Max processes   95   95   processes\nMax open files            1024     20000    files\n'

test('a swarm that has room may come', () => {
  checkDescriptors(10_000, limits)
  checkDescriptors(10_000_000, '')
})

test('one that has none is told what to type', () => {
  expect(() => checkDescriptors(20_000, limits)).toThrow(UsageError)
  expect(() => checkDescriptors(20_000, limits)).toThrow('ulimit -n 20200')
})
