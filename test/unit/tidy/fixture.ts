// Small repositories for the tests of the tidy rules: a path and a text for each file.

import type { SourceFile, Violation } from '../../tidy/source.ts'
import { makeSource } from '../../tidy/source.ts'

export function repository(texts: Readonly<Record<string, string>>): SourceFile[] {
  return Object.entries(texts).map(([path, text]) => makeSource({ path, text }))
}

/** Where a rule complains, as `path:line`. */
export function places(violations: readonly Violation[]): string[] {
  return violations.map(({ path, line }) => `${path}:${line}`)
}
