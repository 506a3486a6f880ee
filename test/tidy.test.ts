// The house rules that a program can check. Each rule is a function of the repository in test/tidy/,
// with its own fixtures in test/unit/tidy/; a failure says where, and what to do instead.

import { fileURLToPath } from 'node:url'
import { describe, expect, test } from 'vitest'
import { pushes } from '../protocol/pushes/index.ts'
import { operations } from '../protocol/registry.ts'
import { generatedFiles } from './docs/generated.ts'
import { settingsTables } from './docs/settings-document.ts'
import { limitsAreExplained, settingsAreDescribed } from './tidy/bounds.ts'
import {
  changeLogIsKept,
  generatedDocumentsAreCurrent,
  invariantsAreTested,
} from './tidy/documents.ts'
import {
  importDirection,
  loadtestDirection,
  noCycles,
  noOrphans,
  oneImporterPerLibrary,
  shardDirection,
} from './tidy/imports.ts'
import { codesAreUnique, operationsAreWhole } from './tidy/operations.ts'
import { contractWithoutWorld, noConsole, processOnlyInMains, pureMiddle } from './tidy/purity.ts'
import { fileSizes, functionSizes } from './tidy/size.ts'
import { fileExceptions, functionExceptions } from './tidy/size-exceptions.ts'
import type { Violation } from './tidy/source.ts'
import { readRepository, show } from './tidy/source.ts'
import {
  allTestsRun,
  noAny,
  noEmptyCatch,
  noFixedPorts,
  noLooseEnds,
  noSleeps,
  nothingOfOneMachine,
} from './tidy/words.ts'

const files = readRepository(fileURLToPath(new URL('..', import.meta.url)))

/** Fails with one line for each violation. */
function expectNone(violations: readonly Violation[]): void {
  expect(violations.length, `\n${show(violations)}\n`).toBe(0)
}

describe('imports', () => {
  test('go one way: test -> loadtest, server, shard -> protocol', () => {
    expectNone(importDirection(files))
  })
  test('go one way inside a shard: main -> ports -> shard.ts -> operations -> state', () => {
    expectNone(shardDirection(files))
  })
  test('go one way inside the load tool: main -> scenarios -> loads -> people -> client', () => {
    expectNone(loadtestDirection(files))
  })
  test('bring each library in at one place', () => expectNone(oneImporterPerLibrary(files)))
  test('have no cycles', () => expectNone(noCycles(files)))
  test('reach every file', () => expectNone(noOrphans(files)))
})

describe('the world outside', () => {
  test('does not reach state and operations', () => expectNone(pureMiddle(files)))
  test('does not reach the contract', () => expectNone(contractWithoutWorld(files)))
  test('is met by way of the mains', () => expectNone(processOnlyInMains(files)))
  test('is not written to past the log', () => expectNone(noConsole(files)))
})

describe('words', () => {
  test('no `any`', () => expectNone(noAny(files)))
  test('no error is swallowed', () => expectNone(noEmptyCatch(files)))
  test('no TODO without an issue', () => expectNone(noLooseEnds(files)))
  test('no path or registry of one machine', () => expectNone(nothingOfOneMachine(files)))
})

describe('tests', () => {
  test('all run', () => expectNone(allTestsRun(files)))
  test('do not sleep', () => expectNone(noSleeps(files)))
  test('do not fix ports', () => expectNone(noFixedPorts(files)))
})

describe('sizes', () => {
  test('files', () => expectNone(fileSizes(files, fileExceptions)))
  test('functions', () => expectNone(functionSizes(files, functionExceptions)))
})

describe('the contract', () => {
  test('every operation has definition, handler and test', () => {
    expectNone(operationsAreWhole(files, operations))
  })
  test('no code has two meanings', () => {
    const path = 'protocol/operations/index.ts'
    expectNone(codesAreUnique(Object.values(operations), { path, codeMax: 0xffff }))
    expectNone(
      codesAreUnique(Object.values(pushes), { path: 'protocol/pushes/index.ts', codeMax: 0xff }),
    )
  })
  test('every setting has unit, bounds and meaning', () => {
    expectNone(settingsAreDescribed(settingsTables))
  })
  test('every limit says what it bounds', () => expectNone(limitsAreExplained(files)))
})

describe('documents', () => {
  test('every invariant that is held names its test', () => expectNone(invariantsAreTested(files)))
  test('the change log is kept', () => expectNone(changeLogIsKept(files)))
  test('what is generated equals its source', () => {
    expectNone(generatedDocumentsAreCurrent(files, generatedFiles()))
  })
})
