// The repository as the tidy rules see it: files with their text, and the same text with comments and
// string contents blanked out, so that a rule looks at code, at comments or at strings as it needs.
//
// Blanked characters become spaces and lines stay lines: an offset means the same in all views. The
// scan is a light one: it knows comments, strings, templates and, by what stands before the slash,
// regular expressions. It does not parse.

import { readdirSync, readFileSync } from 'node:fs'
import { extname, join, relative } from 'node:path'

export type SourceFile = {
  /** From the root of the repository, with `/`. */
  readonly path: string
  readonly text: string
  /** Code only: comments and the contents of strings are spaces. */
  readonly code: string
  /** Code with its strings: comments are spaces. */
  readonly codeAndStrings: string
  /** Comments only. */
  readonly comments: string
}

/** A rule that is broken at a place, and what to do instead. */
export type Violation = { readonly path: string; readonly line: number; readonly advice: string }

const folders = ['server', 'shard', 'protocol', 'loadtest', 'test', 'docs', '.ci', '.github']
const rootFiles = /\.(md|json|ts|yml)$|^LICENSE$|^\.[a-z]+rc$/
const textFile = /\.(ts|tsx|js|mjs|json|md|lua|html|css|sh|yml|yaml|svg|txt)$|\/run$|^[^.]+$/

/** Every text file of ours. */
export function readRepository(root: string): SourceFile[] {
  const paths = readdirSync(root, { withFileTypes: true })
    .filter((entry) => entry.isFile() && rootFiles.test(entry.name))
    .map((entry) => entry.name)
  for (const folder of folders) paths.push(...textFilesBelow(root, folder))
  return paths
    .sort()
    .map((path) => makeSource({ path, text: readFileSync(join(root, path), 'utf8') }))
}

function textFilesBelow(root: string, folder: string): string[] {
  let entries: ReturnType<typeof listing>
  try {
    entries = listing(join(root, folder))
  } catch {
    // Not every folder of the list has to exist.
    return []
  }
  return entries
    .filter((entry) => entry.isFile())
    .map((entry) => relative(root, join(entry.parentPath, entry.name)).replaceAll('\\', '/'))
    .filter((path) => textFile.test(path) && !path.includes('node_modules/'))
}

function listing(path: string) {
  return readdirSync(path, { recursive: true, withFileTypes: true })
}

export function isCode(file: SourceFile): boolean {
  return /\.tsx?$/.test(file.path) && !file.path.endsWith('.d.ts')
}

/** Makes the views of one file; the fixtures of the rules' tests are made so as well. */
export function makeSource(file: { readonly path: string; readonly text: string }): SourceFile {
  const isScript = ['.ts', '.tsx', '.js', '.mjs'].includes(extname(file.path))
  if (!isScript) return { ...file, code: '', codeAndStrings: '', comments: '' }
  const spans = scan(file.text)
  return {
    ...file,
    code: blank(file.text, spans),
    codeAndStrings: blank(
      file.text,
      spans.filter((span) => span.kind === 'comment'),
    ),
    comments: keep(
      file.text,
      spans.filter((span) => span.kind === 'comment'),
    ),
  }
}

export function lineAt(text: string, offset: number): number {
  let line = 1
  for (let at = text.indexOf('\n'); at !== -1 && at < offset; at = text.indexOf('\n', at + 1)) {
    line++
  }
  return line
}

/** Every match of a pattern (with the flag `g`) as a violation. */
export function violationsOf(
  file: SourceFile,
  search: { readonly in: string; readonly pattern: RegExp; readonly advice: string },
): Violation[] {
  return [...search.in.matchAll(search.pattern)].map((match) => ({
    path: file.path,
    line: lineAt(search.in, match.index),
    advice: search.advice,
  }))
}

/** As one sees it in a terminal: a place to click on, and what to do. */
export function show(violations: readonly Violation[]): string {
  return violations.map(({ path, line, advice }) => `${path}:${line}  ${advice}`).join('\n')
}

type Span = { readonly kind: 'comment' | 'string'; readonly start: number; readonly end: number }

function blank(text: string, spans: readonly Span[]): string {
  let result = ''
  let offset = 0
  for (const { start, end } of spans) {
    result += text.slice(offset, start) + text.slice(start, end).replace(/[^\n]/g, ' ')
    offset = end
  }
  return result + text.slice(offset)
}

function keep(text: string, spans: readonly Span[]): string {
  const inverse: Span[] = []
  let offset = 0
  for (const { start, end } of spans) {
    inverse.push({ kind: 'string', start: offset, end: start })
    offset = end
  }
  inverse.push({ kind: 'string', start: offset, end: text.length })
  return blank(text, inverse)
}

/** Comments and the insides of strings, templates and regular expressions, in order. */
function scan(text: string): Span[] {
  const spans: Span[] = []
  /** For each open `${`, how many braces are open inside of it. */
  const templates: number[] = []
  let offset = 0
  while (offset < text.length) {
    const span = spanAt(text, offset)
    if (span !== undefined) {
      spans.push(span)
      offset = span.kind === 'comment' ? span.end : span.end + 1
    } else if (text[offset] === '`' || (text[offset] === '}' && templates.at(-1) === 0)) {
      if (text[offset] === '}') templates.pop()
      const end = templateEnd(text, offset + 1)
      spans.push({ kind: 'string', start: offset + 1, end })
      if (text[end] === '$') templates.push(0)
      offset = end + (text[end] === '$' ? 2 : 1)
    } else {
      if (templates.length > 0) templates[templates.length - 1]! += braceStep(text[offset]!)
      offset++
    }
  }
  return spans
}

function braceStep(character: string): number {
  if (character === '{') return 1
  return character === '}' ? -1 : 0
}

/** A comment, a string or a regular expression that starts here. */
function spanAt(text: string, offset: number): Span | undefined {
  const character = text[offset]!
  if (character === '/' && text[offset + 1] === '/') {
    const end = text.indexOf('\n', offset)
    return { kind: 'comment', start: offset, end: end === -1 ? text.length : end }
  }
  if (character === '/' && text[offset + 1] === '*') {
    const end = text.indexOf('*/', offset + 2)
    return { kind: 'comment', start: offset, end: end === -1 ? text.length : end + 2 }
  }
  if (character === "'" || character === '"') {
    return { kind: 'string', start: offset + 1, end: stringEnd(text, offset) }
  }
  if (character === '/' && startsRegularExpression(text, offset)) {
    return { kind: 'string', start: offset + 1, end: regularExpressionEnd(text, offset) }
  }
  return undefined
}

function stringEnd(text: string, start: number): number {
  const quote = text[start]
  let offset = start + 1
  while (offset < text.length && text[offset] !== quote && text[offset] !== '\n') {
    offset += text[offset] === '\\' ? 2 : 1
  }
  return offset
}

/** Where the text of a template pauses at `${` or ends at a backtick. */
function templateEnd(text: string, start: number): number {
  let offset = start
  while (offset < text.length && text[offset] !== '`') {
    if (text[offset] === '$' && text[offset + 1] === '{') return offset
    offset += text[offset] === '\\' ? 2 : 1
  }
  return offset
}

/** After a value a slash divides; after an operator, a bracket or a keyword it opens a pattern. */
function startsRegularExpression(text: string, offset: number): boolean {
  const before = text.slice(Math.max(0, offset - 40), offset).trimEnd()
  if (before === '' || /[=([{,;:!&|?+\-*%<>~^]$/.test(before)) return !before.endsWith('</')
  return /\b(return|typeof|case|in|of|void|throw)$/.test(before)
}

function regularExpressionEnd(text: string, start: number): number {
  let offset = start + 1
  let isInClass = false
  while (offset < text.length && text[offset] !== '\n') {
    const character = text[offset]
    if (character === '/' && !isInClass) return offset
    if (character === '[') isInClass = true
    if (character === ']') isInClass = false
    offset += character === '\\' ? 2 : 1
  }
  return offset
}
