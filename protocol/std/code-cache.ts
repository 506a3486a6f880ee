// Lets a process start from code that was made ready before: a start takes less than half of the processor time.
//
// Node takes the types out of every source file at every start, and then compiles what is left. What comes of both is kept:
//
//   node_modules/.cache/rookery/stripped/<hash of the source>   the source without types, behind a hash of itself
//                               compiled/                       what Node's own compile cache keeps
//
// Both go by content. So nothing is ever out of date, processes of several versions share the directory, and what a crash has
// left half written is not taken. Where the directory cannot be written, or others could write it, a start takes as long as it did. Call it before
// anything else is imported: a main does nothing but that, and imports the program then.

import { createHash } from 'node:crypto'
import { lstatSync, mkdirSync, readFileSync, renameSync, rmSync, writeFileSync } from 'node:fs'
import { enableCompileCache, registerHooks, stripTypeScriptTypes } from 'node:module'
import { join } from 'node:path'
import { fileURLToPath } from 'node:url'

const project = fileURLToPath(new URL('../..', import.meta.url))
const hashChars = 64
/** Code that others could write would be theirs to choose. */
const directoryMode = 0o700
const writableByOthers = 0o022

/** @param directory for a test; made where it does not exist */
export function cacheCode(directory = join(project, 'node_modules', '.cache', 'rookery')): void {
  const stripped = join(directory, 'stripped')
  try {
    mkdirSync(stripped, { recursive: true, mode: directoryMode })
    if (![directory, stripped].every(isOurOwn)) return
  } catch {
    return
  }
  enableCompileCache(join(directory, 'compiled'))
  registerHooks({
    resolve: (specifier, context, next) => {
      const url = isRelative(specifier) ? new URL(specifier, context.parentURL).href : ''
      return isOurs(url)
        ? { url, format: 'module-typescript', shortCircuit: true }
        : next(specifier, context)
    },
    load: (url, context, next) => {
      if (!isOurs(url)) return next(url, context)
      const source = strippedFrom(readFileSync(fileURLToPath(url), 'utf8'), stripped)
      if (source === undefined) return next(url, context)
      return { format: 'module', source, shortCircuit: true }
    },
  })
}

/** Whether it is a directory of this user, into which nobody else may put anything. Windows says nothing of that. */
function isOurOwn(directory: string): boolean {
  const found = lstatSync(directory)
  if (!found.isDirectory()) return false
  if (process.getuid === undefined) return true
  return found.uid === process.getuid() && (found.mode & writableByOthers) === 0
}

/** Names the file itself: nothing has to be looked for, which Node does for each import by asking the file system. */
function isRelative(specifier: string): boolean {
  return specifier.startsWith('./') || specifier.startsWith('../')
}

function isOurs(url: string): boolean {
  return url.startsWith('file:') && url.endsWith('.ts') && !url.includes('/node_modules/')
}

/** @returns undefined where there is a mistake in it, which Node is to tell as it always does */
function strippedFrom(source: string, directory: string): string | undefined {
  const path = join(directory, hashOf(process.version + source))
  const kept = read(path)
  if (kept !== undefined) return kept
  try {
    const code = withoutWarning(() => stripTypeScriptTypes(source))
    write(path, code)
    return code
  } catch {
    return undefined
  }
}

/** Node calls the function experimental: it does with a file what Node does with every one by itself. */
function withoutWarning<Result>(task: () => Result): Result {
  const { emitWarning } = process
  process.emitWarning = () => undefined
  try {
    return task()
  } finally {
    process.emitWarning = emitWarning
  }
}

/** @returns undefined where there is none, or not the whole of it */
function read(path: string): string | undefined {
  try {
    const text = readFileSync(path, 'utf8')
    const code = text.slice(hashChars)
    return text.startsWith(hashOf(code)) ? code : undefined
  } catch {
    return undefined
  }
}

/** Beside its place and then into it, so that nobody reads half of it. */
function write(path: string, code: string): void {
  const fresh = `${path}.${process.pid}.new`
  try {
    writeFileSync(fresh, hashOf(code) + code)
    renameSync(fresh, path)
  } catch {
    // The disk is full or read-only: the next start strips the types again.
    rmSync(fresh, { force: true })
  }
}

function hashOf(text: string): string {
  return createHash('sha256').update(text).digest('hex')
}
