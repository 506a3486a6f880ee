import { expect, test } from 'vitest'
import {
  allTestsRun,
  noAny,
  noEmptyCatch,
  noFixedPorts,
  noLooseEnds,
  noSleeps,
  nothingOfOneMachine,
} from '../../tidy/words.ts'
import { places, repository } from './fixture.ts'

test('`any` is a type, not a word or a method', () => {
  const files = repository({
    'server/a.ts': 'const x: any = 1\nconst y = z as any[]\nconst w = new Map<string, any>()',
    'server/b.ts': '// any comment\nconst text = "any"\nawait Promise.any(all)',
    'protocol/frame.ts': 'const x: any = 1',
  })
  expect(places(noAny(files))).toEqual(['server/a.ts:1', 'server/a.ts:2', 'server/a.ts:3'])
})

test('a swallowed error needs its reason', () => {
  const files = repository({
    'server/bad.ts': 'try {\n  a()\n} catch {}\nb().catch(() => {})',
    'server/good.ts':
      'try {\n  a()\n} catch {\n  // The file is gone already.\n}\n// Nobody waits.\nb().catch(() => undefined)',
  })
  expect(places(noEmptyCatch(files))).toEqual(['server/bad.ts:3', 'server/bad.ts:4'])
})

test('what is left for later has an issue', () => {
  const later = 'TO' + 'DO'
  const files = repository({
    'server/a.ts': `// ${later}: sometime\n// ${later}(#12): the other half\nconst t = "${later}"`,
  })
  expect(places(noLooseEnds(files))).toEqual(['server/a.ts:1'])
})

test('tests are on, and do not sleep or fix ports', () => {
  const files = repository({
    'test/unit/a.test.ts': [
      "test.only('a', run)",
      "describe.skip('b', run)",
      'await new Promise((resolve) => setTimeout(resolve, 100))',
      "import { setTimeout } from 'node:timers/promises'",
      'server.listen(8080)',
      'server.listen(0)',
      'const guard = setTimeout(() => child.kill(), 100)',
    ].join('\n'),
    'test/integration/b.test.ts': "connect('127.0.0.1:8080')\nstart({ ROOKERY_PORT: '0' })",
  })
  expect(places(allTestsRun(files))).toEqual(['test/unit/a.test.ts:1', 'test/unit/a.test.ts:2'])
  expect(places(noSleeps(files))).toEqual(['test/unit/a.test.ts:3', 'test/unit/a.test.ts:4'])
  expect(places(noFixedPorts(files))).toEqual([
    'test/unit/a.test.ts:5',
    'test/integration/b.test.ts:1',
  ])
})

test('nothing is only true on one machine', () => {
  const files = repository({
    'docs/a.md': `See ${'/tm' + 'p/'}x\nand ./data`,
    'package-lock.json': `{ ${'"resol' + 'ved": "http'}s://example.org/a.tgz" }`,
  })
  expect(places(nothingOfOneMachine(files))).toEqual(['docs/a.md:1', 'package-lock.json:1'])
})
