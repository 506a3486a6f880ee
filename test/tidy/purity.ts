// What may touch the world outside: the clock, chance, the network, files, the process.

import { importsOf } from './imports.ts'
import type { SourceFile, Violation } from './source.ts'
import { isCode, violationsOf } from './source.ts'

/** These take time and chance as arguments, so that every replica and every test gets the same. */
const pureFiles =
  /^shard\/(state|operations)\/|^shard\/fanout\/plan\.ts$|^server\/(links\/router|sockets\/backpressure)\.ts$/
/** The contract does no I/O; std/ is the small library that does. */
const contractFiles = /^protocol\/(?!std\/)/

const clock = /\bDate\.now\b|\bnew Date\(\s*\)|\bperformance\s*\./g
const chance = /\bMath\.random\b|\brandomBytes\b|\brandomUUID\b|\bgetRandomValues\b/g
const timers = /\b(setTimeout|setInterval|setImmediate|queueMicrotask|nextTick)\b/g
const waiting = /\bawait\b|\basync\b|\bPromise\b/g
const outside = /\bprocess\s*\.|\bconsole\s*\.|\bfetch\s*\(/g

type Ban = { readonly pattern: RegExp; readonly advice: string }

const withoutWorld: readonly Ban[] = [
  { pattern: clock, advice: 'no clock here: take the time as an argument (nowMs).' },
  { pattern: chance, advice: 'no chance here: take random values as an argument.' },
  { pattern: timers, advice: 'no timers here: return what is to happen, and let the owner do it.' },
  { pattern: outside, advice: 'no process, console or network here: return values instead.' },
]
const withoutWaiting: Ban = {
  pattern: waiting,
  advice:
    'no waiting here: between decide and apply nothing may interleave. The one wait is in shard.ts.',
}

/** state/ and operations/ of a shard, plans and routing: plain functions of their arguments. */
export function pureMiddle(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && pureFiles.test(file.path))
    .flatMap((file) => [
      ...[...withoutWorld, withoutWaiting].flatMap((ban) =>
        violationsOf(file, { in: file.code, ...ban }),
      ),
      ...nodeImports(file, /^node:(assert|buffer)$/),
    ])
}

/** protocol/ describes and encodes. node:crypto is for hashes, which are pure. */
export function contractWithoutWorld(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && contractFiles.test(file.path))
    .flatMap((file) => [
      ...withoutWorld.flatMap((ban) => violationsOf(file, { in: file.code, ...ban })),
      ...nodeImports(file, /^node:(assert|buffer|crypto)$/),
    ])
}

function nodeImports(file: SourceFile, allowed: RegExp): Violation[] {
  return importsOf(file)
    .filter(({ target }) => target.startsWith('node:') && !allowed.test(target))
    .map(({ target, line }) => ({
      path: file.path,
      line,
      advice: `${target} does I/O, which has no place here: take what it gives as an argument.`,
    }))
}

const processFiles =
  /^(server|shard|loadtest)\/main\.ts$|^server\/(cluster|moderate|top)\.ts$|^protocol\/std\/|^test\/|^server\/web\//

/** What a process is, rather than what it was told or does: these may be asked anywhere impure. */
const facts =
  'pid|platform|arch|version|versions|execPath|cpuUsage|memoryUsage|hrtime|resourceUsage'

/**
 * Environment, arguments, signals, standard streams and exit belong to the mains: below them they come
 * as arguments. Asking whether another process lives, `process.kill(pid, 0)`, is a question as well.
 */
export function processOnlyInMains(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && !processFiles.test(file.path))
    .flatMap((file) => [
      ...violationsOf(file, {
        in: file.code,
        pattern: new RegExp(
          `(?<![.\\w])process\\s*(\\[|\\??\\.(?!(${facts})\\b|kill\\(\\w+, 0\\)))|\\bglobalThis\\.process\\b`,
          'g',
        ),
        advice:
          'only main.ts, server/cluster.ts, server/moderate.ts, server/top.ts and protocol/std/ touch the environment, signals, streams and exit: take it from the ProcessContext of protocol/std/run.ts.',
      }),
      ...importsOf(file)
        .filter(({ target }) => target === 'node:process')
        .map(({ line }) => ({
          path: file.path,
          line,
          advice: 'node:process is for mains: take it from the ProcessContext.',
        })),
    ])
}

/** A server's lines go through its log, where secrets are redacted. */
export function noConsole(files: readonly SourceFile[]): Violation[] {
  return files
    .filter((file) => isCode(file) && /^(server\/(?!web\/)|shard\/|protocol\/)/.test(file.path))
    .flatMap((file) =>
      violationsOf(file, {
        in: file.code,
        pattern: /(?<![.\w])console\s*\./g,
        advice:
          'no console here: use the log (protocol/std/log.ts), or print of the ProcessContext.',
      }),
    )
}
