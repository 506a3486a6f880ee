// The log of a process: one JSON object a line on stdout, or readable lines on a terminal.
//
// The only importer of pino. Lines are written asynchronously, so a slow reader of stdout cannot
// block the event loop; the buffer has a limit, and beyond it lines are dropped rather than memory
// spent. What could identify or impersonate somebody is never written: tokens, passwords, cookies and
// the texts of tweets are replaced by `[redacted]`, wherever they stand in an object up to three deep.

import { createRequire } from 'node:module'
import type { DestinationStream, Logger } from 'pino'
import { pino } from 'pino'

export type Log = Logger

export const logLevels = ['fatal', 'error', 'warn', 'info', 'debug', 'trace', 'silent'] as const
export type LogLevel = (typeof logLevels)[number]

/** Bytes of lines that wait for stdout. What comes on top is dropped. */
export const logBufferBytesMax = 8 * 1024 * 1024

const secretNames = [
  'token',
  'tokenHash',
  'password',
  'passwordHash',
  'secret',
  'authorization',
  'cookie',
  'email',
  'birthDate',
  'text',
]
const redactedPaths = secretNames.flatMap((name) => [name, `*.${name}`, `*.*.${name}`])

/**
 * Makes the log of a process.
 * @param options.name which process it is, in every line
 * @param options.destination where the lines go instead of stdout: for tests
 */
export function makeLog(options: {
  readonly name: string
  readonly level: LogLevel
  readonly isPretty: boolean
  readonly destination?: DestinationStream
}): Log {
  return pino(
    {
      name: options.name,
      level: options.level,
      timestamp: pino.stdTimeFunctions.isoTime,
      base: { name: options.name, pid: process.pid },
      redact: { paths: redactedPaths, censor: '[redacted]' },
    },
    options.destination ?? (options.isPretty ? prettyDestination() : plainDestination()),
  )
}

/** A log that writes nothing, for tests. */
export function silentLog(): Log {
  return pino({ level: 'silent' })
}

function plainDestination(): DestinationStream {
  const destination = pino.destination({ dest: 1, sync: false, maxLength: logBufferBytesMax })
  process.on('exit', () => flushAtExit(destination))
  return destination
}

/** What is still buffered when the process ends is written then, if anybody still reads. */
function flushAtExit(destination: { flushSync(): void }): void {
  try {
    destination.flushSync()
  } catch {
    // The reader of stdout is gone, or the file was never opened: there is nobody to tell.
  }
}

/** pino-pretty is loaded on a terminal only: a server does not pay for it. */
function prettyDestination(): DestinationStream {
  const pretty = createRequire(import.meta.url)('pino-pretty') as (
    options: object,
  ) => DestinationStream
  return pretty({
    colorize: true,
    sync: true,
    translateTime: 'SYS:HH:MM:ss.l',
    ignore: 'pid,hostname',
    singleLine: true,
  })
}
