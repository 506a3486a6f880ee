// Words and shapes that do not belong: `any`, swallowed errors, promises to do it later, tests that
// are off or that sleep, ports and paths of one machine.

import { importsOf } from './imports.ts'
import type { SourceFile, Violation } from './source.ts'
import { isCode, violationsOf } from './source.ts'

/** What comes off the wire is unknown until it is checked; only the decoder's types are `any`. */
export function noAny(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && file.path !== 'protocol/frame.ts')
    .flatMap((file) =>
      violationsOf(file, {
        in: file.code,
        pattern: /(?<![.\w])any\b(?!\s*[(:])/g,
        advice: 'no `any` outside protocol/frame.ts: use unknown and check it, or name the type.',
      }),
    )
}

/** An error is translated, given context and thrown on, or ignored for a reason that is written down. */
export function noEmptyCatch(files: readonly SourceFile[]): Violation[] {
  const advice =
    'a caught error is translated, thrown on, or ignored for a reason: say in a comment which one and why.'
  return files
    .filter(isCode)
    .flatMap((file) => [
      ...violationsOf(file, { in: file.code, pattern: emptyCatch, advice }).filter(
        ({ line }) => !hasCommentNear(file, line),
      ),
      ...violationsOf(file, { in: file.code, pattern: swallowingCatch, advice }).filter(
        ({ line }) => !hasCommentNear(file, line),
      ),
    ])
}

const emptyCatch = /\bcatch\s*(\([^)]*\))?\s*\{\s*\}/g
const swallowingCatch = /\.catch\(\s*\([^)]*\)\s*=>\s*(undefined|null|\{\s*\}|void 0)\s*,?\s*\)/g

/** A comment on the line itself, on one of the two before it, or on the one after it. */
function hasCommentNear(file: SourceFile, line: number): boolean {
  const lines = file.comments.split('\n')
  return [-3, -2, -1, 0].some((step) => (lines[line + step] ?? '').trim() !== '')
}

/** What is to be done later, and has no issue, is a wish that nobody keeps. */
export function noLooseEnds(files: readonly SourceFile[]): Violation[] {
  return files.filter(isCode).flatMap((file) =>
    violationsOf(file, {
      in: file.comments,
      pattern: /\bTODO\b(?!\(#\d+\))|\bFIXME\b|\bXXX\b|\bHACK\b/g,
      advice: 'open an issue and write TODO(#number), or do it now.',
    }),
  )
}

/** Every test runs, each time, once. */
export function allTestsRun(files: readonly SourceFile[]): Violation[] {
  return tests(files).flatMap((file) => [
    ...violationsOf(file, {
      in: file.code,
      pattern: /\b(test|it|describe|suite|bench)\.(only|skip|skipIf|runIf|todo|fails)\b/g,
      advice: 'no test is off, alone or expected to fail: repair it or delete it.',
    }),
    ...violationsOf(file, {
      in: file.code,
      pattern: /\bretry\s*:\s*\d/g,
      advice: 'no retries: a test that fails sometimes has found something.',
    }),
  ])
}

const waitingHelpers = /^test\/helpers\/eventually\.ts$/

/** A sleep is too long on a fast machine and too short on a slow one. */
export function noSleeps(files: readonly SourceFile[]): Violation[] {
  const advice =
    'no sleeps in tests: wait on the condition with eventually() of test/helpers/eventually.ts.'
  return tests(files)
    .filter((file) => !waitingHelpers.test(file.path))
    .flatMap((file) => [
      ...violationsOf(file, {
        in: file.code,
        pattern: /\bnew Promise\b[^;{}]{0,120}=>\s*(void\s+)?setTimeout\(\s*\w+\s*,/g,
        advice,
      }),
      ...violationsOf(file, { in: file.code, pattern: /\bawait (sleep|delay)\(/g, advice }),
      ...violationsOf(file, { in: file.code, pattern: /\bAtomics\.wait\(/g, advice }),
      ...importsOf(file)
        .filter(({ target }) => target === 'node:timers/promises')
        .map(({ line }) => ({ path: file.path, line, advice })),
    ])
}

/** Two runs at once must not meet: a test listens on port 0 and asks what it got. */
export function noFixedPorts(files: readonly SourceFile[]): Violation[] {
  const advice = 'no fixed ports in tests: listen on 0 and ask for the port.'
  const runsProcesses = /^test\/(integration|fault|contract|browser|helpers|simulation)\//
  return tests(files).flatMap((file) => [
    ...violationsOf(file, { in: file.code, pattern: /\.listen\(\s*[1-9]\d*/g, advice }),
    ...(runsProcesses.test(file.path)
      ? [
          ...violationsOf(file, {
            in: file.codeAndStrings,
            pattern: /\b(port|PORT)['"]?\s*:\s*['"]?[1-9]\d+/g,
            advice,
          }),
          ...violationsOf(file, {
            in: file.codeAndStrings,
            pattern: /\b(localhost|127\.0\.0\.1):[1-9]\d+/g,
            advice,
          }),
        ]
      : []),
  ])
}

// Put together from halves, because this file is checked as well.
const machinePaths = new RegExp(
  ['/wo' + 'rk\\b', '/tm' + 'p/', '/ho' + 'me/\\w', '/Us' + 'ers/\\w'].join('|'),
  'g',
)
const registryAddresses = new RegExp(
  ['registry\\.' + 'npmjs', 'ver' + 'daccio', '"resol' + 'ved": "http', '//reg' + 'istry[.:]'].join(
    '|',
  ),
  'g',
)

/** What is in the repository works for everybody: no path and no registry of one machine. */
export function nothingOfOneMachine(files: readonly SourceFile[]): Violation[] {
  return files.flatMap((file) => [
    ...violationsOf(file, {
      in: file.text,
      pattern: machinePaths,
      advice: 'no path of one machine: use a relative path, or tmpdir() of node:os.',
    }),
    ...violationsOf(file, {
      in: file.text,
      pattern: registryAddresses,
      advice: 'no registry address: each machine says in its own npm settings where packages are.',
    }),
  ])
}

function tests(files: readonly SourceFile[]): SourceFile[] {
  return files.filter((file) => isCode(file) && /^test\/(?!tidy\/|unit\/tidy\/)/.test(file.path))
}
