import { expect, test } from 'vitest'
import type { SettingsTable } from '../../../protocol/std/settings.ts'
import { limitsAreExplained, settingsAreDescribed } from '../../tidy/bounds.ts'
import {
  changeLogIsKept,
  generatedDocumentsAreCurrent,
  invariantCount,
  invariantsAreTested,
} from '../../tidy/documents.ts'
import { codesAreUnique, operationsAreWhole } from '../../tidy/operations.ts'
import { places, repository } from './fixture.ts'

test('an operation without handler or test is told the files that are missing', () => {
  const files = repository({
    'protocol/operations/tweet-post.ts': 'export const tweetPost = defineOperation({})',
    'protocol/operations/stray.ts': 'export const stray = defineOperation({})',
    'shard/operations/index.ts': "export { tweetPostHandler } from './tweet-post.ts'",
    'shard/operations/tweet-post.ts': '',
  })
  const operations = { 'tweet.post': { name: 'tweet.post', code: 1 } }
  expect(places(operationsAreWhole(files, operations))).toEqual([
    'test/unit/shard/operations/tweet-post.test.ts:1',
    'protocol/operations/stray.ts:1',
  ])
})

test('a code is given out once and fits its place on the wire', () => {
  const registry = { path: 'protocol/operations/index.ts', codeMax: 255 }
  const named = [
    { name: 'tweet.post', code: 1 },
    { name: 'tweet.get', code: 1 },
    { name: 'tweet.delete', code: 300 },
  ]
  expect(codesAreUnique(named, registry).map(({ advice }) => advice)).toEqual([
    'tweet.get and tweet.post share the code 0x1: take another.',
    'tweet.delete has the code 0x12c, which does not fit 1 to 255.',
  ])
})

test('a setting has a name, a unit, a meaning and a default within its bounds', () => {
  const table: SettingsTable = {
    good: {
      env: 'ROOKERY_GOOD',
      kind: 'integer',
      unit: 'ms',
      min: 0,
      max: 9,
      default: 5,
      meaning: 'How long it waits.',
    },
    bad: { env: 'Bad', kind: 'integer', unit: '', min: 0, max: 9, default: 10, meaning: '' },
  }
  expect(settingsAreDescribed([{ path: 'server/settings.ts', table }])).toHaveLength(4)
})

test('a limit has a comment, its own or that of its group', () => {
  const files = repository({
    'protocol/limits.ts': [
      '/** Entries of a page, and how many by default. */',
      'export const pageLimitMax = 100',
      'export const pageLimitDefault = 20',
      '',
      'export const mystery = 7',
    ].join('\n'),
  })
  expect(places(limitsAreExplained(files))).toEqual(['protocol/limits.ts:5'])
})

test('an invariant that is held names a test that mentions it', () => {
  const others = Array.from(
    { length: invariantCount - 4 },
    (_, index) => `## I${index + 5} A promise\n\nStatus: not yet, it waits for a test.\n`,
  )
  const files = repository({
    'docs/invariants.md': [
      '## I1 Kept\n\nTests: `test/a.test.ts`.\n\nStatus: held\n',
      '## I2 Kept\n\nTests: `test/a.test.ts`.\n\nStatus: held in part, on Tuesdays.\n',
      '## I3 Kept\n\nStatus: held\n',
      '## I4 Kept\n\nTests: `test/gone.test.ts`.\n\nStatus: held\n',
      ...others,
    ].join('\n'),
    'test/a.test.ts': "test('I1: it is kept', run)",
  })
  expect(invariantsAreTested(files).map(({ advice }) => advice)).toEqual([
    'I2 names test/a.test.ts, which does not mention I2: name it in the test.',
    'I3 is held, but names no test: name its file.',
    'I4 names test/gone.test.ts, which does not exist.',
  ])
})

test('the change log has a place for what is new, and generated files are current', () => {
  expect(changeLogIsKept(repository({ 'CHANGELOG.md': '## 1.0\n' }))).toHaveLength(1)
  expect(changeLogIsKept(repository({ 'CHANGELOG.md': '## Unreleased\n' }))).toEqual([])
  const files = repository({ 'docs/a.md': 'old' })
  expect(places(generatedDocumentsAreCurrent(files, { 'docs/a.md': 'new' }))).toEqual([
    'docs/a.md:1',
  ])
})
