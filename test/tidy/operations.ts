// One operation, one definition, one handler, one test, the same file name. Codes are given out once.

import type { SourceFile, Violation } from './source.ts'

/** Codes that an operation or a push had once. Logs and old clients still know them: never again. */
export const retiredCodes: readonly number[] = []

/** What the rules need of an operation or a push. */
export type Named = { readonly name: string; readonly code: number }

const places = {
  definition: (file: string) => `protocol/operations/${file}`,
  handler: (file: string) => `shard/operations/${file}`,
  test: (file: string) => `test/unit/shard/operations/${file.replace(/\.ts$/, '.test.ts')}`,
}

/** `user.approveFollow` lives in `user-approve-follow.ts`. */
function fileOf(name: string): string {
  const kebab = name
    .replaceAll('.', '-')
    .replaceAll(/[A-Z]/g, (letter) => `-${letter.toLowerCase()}`)
  return `${kebab}.ts`
}

/** `tweet.post` lives in `tweet-post.ts`, three times, and both registries list it. */
export function operationsAreWhole(
  files: readonly SourceFile[],
  operations: Readonly<Record<string, Named>>,
): Violation[] {
  const byPath = new Map(files.map((file) => [file.path, file]))
  const violations: Violation[] = []
  const complain = (path: string, advice: string) => violations.push({ path, line: 1, advice })
  for (const [key, { name }] of Object.entries(operations)) {
    const file = fileOf(name)
    if (key !== name) {
      complain('protocol/operations/index.ts', `${name} is listed as ${key}: list it by its name.`)
    }
    for (const [what, place] of Object.entries(places)) {
      const path = place(file)
      if (byPath.has(path)) continue
      complain(path, `the operation ${name} has no ${what}: write ${path}.`)
    }
    const registry = byPath.get('shard/operations/index.ts')
    if (registry !== undefined && !registry.text.includes(`'./${file}'`)) {
      complain(registry.path, `${name} is not registered: list its handler.`)
    }
  }
  return [...violations, ...strayDefinitions(files, operations)]
}

/** Definitions and handlers that no registry knows. */
function strayDefinitions(
  files: readonly SourceFile[],
  operations: Readonly<Record<string, Named>>,
): Violation[] {
  const expected = new Set(Object.values(operations).map(({ name }) => fileOf(name)))
  return files
    .filter(
      ({ path, code }) =>
        (path.startsWith('protocol/operations/') && /\bdefineOperation\(/.test(code)) ||
        (path.startsWith('shard/operations/') && /=\s*implement(Read|Write|Live)?\(/.test(code)),
    )
    .filter(({ path }) => !expected.has(path.split('/').at(-1) ?? ''))
    .map(({ path }) => ({
      path,
      line: 1,
      advice: 'no operation of this name is in protocol/operations/index.ts: list it there.',
    }))
}

/** Codes stand on the wire and in logs: two meanings of one code would mix them up. */
export function codesAreUnique(
  named: readonly Named[],
  registry: { readonly path: string; readonly codeMax: number },
): Violation[] {
  const owners = new Map<number, string>()
  const violations: Violation[] = []
  const complain = (advice: string) => violations.push({ path: registry.path, line: 1, advice })
  for (const { name, code } of named) {
    const owner = owners.get(code)
    const shown = `0x${code.toString(16)}`
    if (owner !== undefined) complain(`${name} and ${owner} share the code ${shown}: take another.`)
    if (retiredCodes.includes(code))
      complain(`${name} has the retired code ${shown}: take another.`)
    if (!Number.isInteger(code) || code < 1 || code > registry.codeMax) {
      complain(`${name} has the code ${shown}, which does not fit 1 to ${registry.codeMax}.`)
    }
    owners.set(code, name)
  }
  return violations
}
