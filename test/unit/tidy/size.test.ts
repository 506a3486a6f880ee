import { expect, test } from 'vitest'
import { fileSizes, functionSizes, functionsOf } from '../../tidy/size.ts'
import { places, repository } from './fixture.ts'

const lines = (count: number) => Array(count).fill('  step()').join('\n')

const shapes = `
export function plain(a: number): { body: string } {
${lines(2)}
}
const arrow = async ({ a }: { a: number }) => {
${lines(3)}
}
export class Tree {
  #grow(options: { by: number }): Promise<void> {
    if (options.by > 1) {
${lines(4)}
    }
  }
}
`

test('functions are found in all their shapes, control flow and classes are not', () => {
  const [file] = repository({ 'server/shapes.ts': shapes })
  const found = functionsOf(file!).map(({ key, lines: count }) => [key.split('#')[1], count])
  expect(found).toEqual([
    ['plain', 4],
    ['arrow', 5],
    ['', 8],
  ])
})

test('what is too large is told with its size; a chapter of tests is not a function', () => {
  const long = `function long() {\n${lines(70)}\n}`
  const suite = `describe('all', () => {\n  test('one', () => {\n${lines(70)}\n  })\n})`
  const chapter = `describe('all', () => {\n${"  test('one', () => step())\n".repeat(70)}})`
  const files = repository({
    'server/long.ts': long,
    'test/unit/chapter.test.ts': chapter,
    'test/unit/suite.test.ts': suite,
  })
  expect(places(functionSizes(files, {}))).toEqual([
    'server/long.ts:1',
    'test/unit/suite.test.ts:2',
  ])
})

test('an exception may shrink, must not grow, and goes when it is not needed', () => {
  const files = repository({ 'server/large.ts': lines(310), 'server/small.ts': lines(10) })
  expect(fileSizes(files, { 'server/large.ts': 310 })).toEqual([])
  expect(fileSizes(files, { 'server/large.ts': 305 })).toHaveLength(1)
  expect(fileSizes(files, { 'server/large.ts': 400 })[0]!.advice).toContain('has shrunk to 310')
  expect(fileSizes(files, { 'server/large.ts': 310, 'server/small.ts': 350 })[0]!.advice).toBe(
    'server/small.ts needs no exception any more: remove its line.',
  )
})
