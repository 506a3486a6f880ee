// Whether another process of this machine still runs, for what the embedded log keeps on its behalf.
//
// A number of a process is given out again sooner or later. So who leaves a mark leaves the moment of
// its start beside its number: like a ticket with number and date, good for one day only. Where the
// system does not tell the moment, a number in use counts as the same process, and whoever waits for
// its end waits until the mark runs out by itself.

import { readFileSync } from 'node:fs'

export type ProcessMark = {
  readonly pid: number
  /** In ticks since the machine was started; 0 where the system does not tell. */
  readonly startedAt: number
}

type ProcessStat = { readonly state: string; readonly startedAt: number }

export const thisProcess: ProcessMark = {
  pid: process.pid,
  startedAt: readStat(process.pid)?.startedAt ?? 0,
}

/** Whether the process that left this mark still runs. In doubt it does. */
export function isRunning({ pid, startedAt }: ProcessMark): boolean {
  if (pid === thisProcess.pid) return startedAt === thisProcess.startedAt
  if (!isAlive(pid)) return false
  const stat = readStat(pid)
  if (stat === undefined) return true
  // A zombie has ended, and only its parent has not yet looked.
  if (stat.state === 'Z' || stat.state === 'X') return false
  return startedAt === 0 || startedAt === stat.startedAt
}

/** Whether there is a process with this number. */
export function isAlive(pid: number): boolean {
  try {
    process.kill(pid, 0)
    return true
  } catch (error) {
    // EPERM tells of a process of another user: it lives.
    return (error as NodeJS.ErrnoException).code !== 'ESRCH'
  }
}

/** State and start of a process as Linux shows them, or undefined where there is nothing to read. */
function readStat(pid: number): ProcessStat | undefined {
  let text: string
  try {
    text = readFileSync(`/proc/${pid}/stat`, 'latin1')
  } catch {
    // No /proc (macOS), or hidden from us, or the process has gone just now: the caller knows no more.
    return undefined
  }
  // The second field is a name in brackets, which may hold spaces and brackets; the third comes behind
  // the last bracket. The start is the field 22.
  const fields = text.slice(text.lastIndexOf(')') + 2).split(' ')
  return { state: fields[0] ?? '', startedAt: Number(fields[22 - 3] ?? 0) }
}
