// Sizes: functions to 60 lines, files to 300. What is larger today stands in a list with its present
// size. The list is a ratchet: an entry may shrink and has to go when it is no longer needed.

import type { SourceFile, Violation } from './source.ts'
import { isCode, lineAt } from './source.ts'

export const functionLinesMax = 60
export const fileLinesMax = 300

/** Present sizes of what is too large: files by path, functions by `path#name`. */
export type SizeExceptions = Readonly<Record<string, number>>

type Sized = { readonly key: string; readonly path: string; readonly line: number; lines: number }

export function fileSizes(files: readonly SourceFile[], exceptions: SizeExceptions): Violation[] {
  const sized = files.filter(isCode).map((file) => ({
    key: file.path,
    path: file.path,
    line: 1,
    lines: file.text.trimEnd().split('\n').length,
  }))
  return compare(sized, {
    max: fileLinesMax,
    exceptions,
    what: 'file',
    advice: 'split it along what it promises',
  })
}

export function functionSizes(
  files: readonly SourceFile[],
  exceptions: SizeExceptions,
): Violation[] {
  return compare(files.filter(isCode).flatMap(functionsOf), {
    max: functionLinesMax,
    exceptions,
    what: 'function',
    advice: 'keep the control flow here and move straight-line work to helpers',
  })
}

function compare(
  sized: readonly Sized[],
  rule: { max: number; exceptions: SizeExceptions; what: string; advice: string },
): Violation[] {
  const violations: Violation[] = []
  const needed = new Set<string>()
  for (const { key, path, line, lines } of sized) {
    const allowed = rule.exceptions[key]
    if (lines > rule.max) needed.add(key)
    if (lines <= Math.max(rule.max, allowed ?? 0)) {
      if (lines > rule.max && lines < (allowed ?? 0)) {
        violations.push({
          path,
          line,
          advice: `${key} has shrunk to ${lines} lines: put that into test/tidy/size-exceptions.ts.`,
        })
      }
      continue
    }
    violations.push({
      path,
      line,
      advice: `a ${rule.what} of ${lines} lines, ${allowed ?? rule.max} is the limit (${key}): ${rule.advice}.`,
    })
  }
  for (const key of Object.keys(rule.exceptions)) {
    if (needed.has(key)) continue
    violations.push({
      path: 'test/tidy/size-exceptions.ts',
      line: 1,
      advice: `${key} needs no exception any more: remove its line.`,
    })
  }
  return violations
}

/**
 * The functions of a file, from the line of the parameters to the closing brace. A brace opens a
 * function if an arrow, or a parameter list with or without a result type, stands before it.
 */
export function functionsOf(file: SourceFile): Sized[] {
  const { code } = file
  const open: { start: number | undefined; name: string }[] = []
  const functions: Sized[] = []
  for (let offset = 0; offset < code.length; offset++) {
    if (code[offset] === '{') open.push(opening(code, offset))
    if (code[offset] !== '}') continue
    const { start, name } = open.pop() ?? { start: undefined, name: '' }
    if (start === undefined || isTestSuite(file, { start, end: offset })) continue
    const line = lineAt(code, start)
    functions.push({
      key: `${file.path}#${name}`,
      path: file.path,
      line,
      lines: lineAt(code, offset) - line + 1,
    })
  }
  return functions
}

const controlWords = new Set(['if', 'for', 'while', 'switch', 'catch', 'with'])

function opening(code: string, brace: number): { start: number | undefined; name: string } {
  const before = code.slice(Math.max(0, brace - 600), brace).trimEnd()
  const base = brace - (code.slice(0, brace).length - code.slice(0, brace).trimEnd().length)
  const isArrow = before.endsWith('=>')
  const close = isArrow ? before.lastIndexOf(')') : closeOfParameters(before)
  if (close === -1) return { start: isArrow ? base : undefined, name: '' }
  const paren = matchingParenthesis(code, base - before.length + close)
  const header = code.slice(Math.max(0, paren - 120), paren).trimEnd()
  const name = /([#\w$]+)\s*(<[^;{}]*>)?$/.exec(header)?.[1] ?? ''
  if (controlWords.has(name) || /\bfor\s+await$/.test(header)) return { start: undefined, name }
  return { start: paren, name: isArrow ? arrowName(header) : name }
}

/** `)` or `): Type` before the brace, also `): { … }`; -1 where something else stands there. */
function closeOfParameters(before: string): number {
  const match = parametersBefore.exec(before)
  return match === null ? -1 : match.index
}

const plainType = /[^;{}()=]*[\w>\]]/.source
const typeWithBraces = /[^;{}()=]*\{[^{}]*\}[\s>|&[\],]*((undefined|null)\s*)?/.source
const parametersBefore = new RegExp(`\\)(\\s*:\\s*(${plainType}|${typeWithBraces}))?$`)

function arrowName(header: string): string {
  return /([#\w$]+)\s*(:[^=;{}()\n]*)?=\s*(async)?\s*(<[^;{}]*>)?$/.exec(header)?.[1] ?? ''
}

function matchingParenthesis(code: string, close: number): number {
  let depth = 0
  for (let offset = close; offset >= 0; offset--) {
    if (code[offset] === ')') depth++
    if (code[offset] === '(' && --depth === 0) return offset
  }
  return close
}

/** A function of a test file that declares tests is a chapter, not a step. */
function isTestSuite(file: SourceFile, span: { start: number; end: number }): boolean {
  if (!file.path.startsWith('test/')) return false
  return /^\s*(await )?(test|describe|bench)(\.each)?\(/m.test(
    file.code.slice(span.start, span.end).split('\n').slice(1).join('\n'),
  )
}
