// Documents that are checked: the invariants, the change log, and what is generated.

import type { SourceFile, Violation } from './source.ts'

const invariantsPath = 'docs/invariants.md'
export const invariantCount = 10

/**
 * docs/invariants.md has a section `## I1 …` for each invariant, with a line `Status: held`,
 * `Status: held in part, …` or `Status: not yet, …`. One that is held, also in part, names in
 * backticks test files that exist and mention its number.
 */
export function invariantsAreTested(files: readonly SourceFile[]): Violation[] {
  const document = files.find(({ path }) => path === invariantsPath)
  if (document === undefined) return [complain('the file is missing: write down the invariants.')]
  const sections = new Map(
    document.text
      .split(/^## /m)
      .slice(1)
      .map((section) => [/^I\d+/.exec(section)?.[0] ?? '', section]),
  )
  return Array.from({ length: invariantCount }, (_, index) => `I${index + 1}`).flatMap((name) => {
    const section = sections.get(name)
    return section === undefined
      ? [complain(`${name} has no section: give it its promise, place and test.`)]
      : sectionViolations(name, { section, files })
  })
}

function sectionViolations(
  name: string,
  source: { section: string; files: readonly SourceFile[] },
): Violation[] {
  const status = /^Status: (held|held in part, .+|not yet, .+)$/m.exec(source.section)?.[1]
  if (status === undefined)
    return [complain(`${name} needs a line "Status: held", "held in part, …" or "not yet, …".`)]
  if (status.startsWith('not yet')) return []
  const named = [...source.section.matchAll(/`(test\/[\w./-]+\.ts)`/g)].map((match) => match[1]!)
  if (named.length === 0) return [complain(`${name} is held, but names no test: name its file.`)]
  return named.flatMap((path) => {
    const test = source.files.find((file) => file.path === path)
    if (test === undefined) return [complain(`${name} names ${path}, which does not exist.`)]
    if (new RegExp(`\\b${name}\\b`).test(test.text)) return []
    return [complain(`${name} names ${path}, which does not mention ${name}: name it in the test.`)]
  })
}

function complain(advice: string): Violation {
  return { path: invariantsPath, line: 1, advice }
}

/** A reader finds what changed since the last release. */
export function changeLogIsKept(files: readonly SourceFile[]): Violation[] {
  const file = files.find(({ path }) => path === 'CHANGELOG.md')
  if (file !== undefined && /^## Unreleased$/m.test(file.text)) return []
  return [
    {
      path: 'CHANGELOG.md',
      line: 1,
      advice:
        'keep a section "## Unreleased": a change adds its line there, in the words of a reader.',
    },
  ]
}

/** Generated files are what their source says now. `expected` holds their text by path. */
export function generatedDocumentsAreCurrent(
  files: readonly SourceFile[],
  expected: Readonly<Record<string, string>>,
): Violation[] {
  const texts = new Map(files.map((file) => [file.path, file.text]))
  return Object.entries(expected)
    .filter(([path, text]) => texts.get(path) !== text)
    .map(([path]) => ({
      path,
      line: 1,
      advice: 'this file is generated and its source has changed: run `npm run docs`.',
    }))
}
