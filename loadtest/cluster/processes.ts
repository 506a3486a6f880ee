// The processor time of the server's processes, from Linux's /proc. Elsewhere there is none to tell.

import { readdirSync, readFileSync } from 'node:fs'

/** Microseconds of processor time by kind of process (`gateway`, `shard`, `supervisor`). */
export type ProcessorTimes = ReadonlyMap<string, number>

/** `utime` and `stime` count in these: USER_HZ, which is 100 on every Linux that Node runs on. */
const usPerTick = 10_000

/** What `/proc/<pid>/stat` says that is used here. */
export type ProcessStat = { readonly parentPid: number; readonly processorUs: number }

/**
 * Reads a line of `/proc/<pid>/stat` (proc(5)): fields 4, 14 and 15. The name of the program, field 2,
 * stands in parentheses and may hold spaces and parentheses itself.
 */
export function parseStat(line: string): ProcessStat {
  const fields = line.slice(line.lastIndexOf(')') + 2).split(' ')
  const ticks = Number(fields[11]) + Number(fields[12])
  return { parentPid: Number(fields[1]), processorUs: ticks * usPerTick }
}

/** The process and all below it. Undefined where there is no /proc. */
export function processorTimes(rootPid: number): ProcessorTimes | undefined {
  const stats = readStats()
  if (stats === undefined) return undefined
  const times = new Map<string, number>()
  for (const [pid, { processorUs }] of stats) {
    if (!isBelow(pid, { rootPid, stats })) continue
    const kind = kindOf(pid)
    times.set(kind, (times.get(kind) ?? 0) + processorUs)
  }
  return times
}

/** What was used between two readings. */
export function processorTimesBetween(
  before: ProcessorTimes,
  after: ProcessorTimes,
): Record<string, number> {
  const used: Record<string, number> = {}
  for (const [kind, us] of after) used[kind] = us - (before.get(kind) ?? 0)
  return used
}

function readStats(): Map<number, ProcessStat> | undefined {
  if (process.platform !== 'linux') return undefined
  const stats = new Map<number, ProcessStat>()
  for (const name of readdirSync('/proc')) {
    if (!/^\d+$/.test(name)) continue
    const line = readOrUndefined(`/proc/${name}/stat`)
    if (line !== undefined) stats.set(Number(name), parseStat(line))
  }
  return stats
}

function isBelow(
  pid: number,
  tree: { readonly rootPid: number; readonly stats: ReadonlyMap<number, ProcessStat> },
): boolean {
  let current: number | undefined = pid
  while (current !== undefined && current > 1) {
    if (current === tree.rootPid) return true
    current = tree.stats.get(current)?.parentPid
  }
  return false
}

function kindOf(pid: number): string {
  const command = readOrUndefined(`/proc/${pid}/cmdline`) ?? ''
  if (command.includes('shard/main.ts')) return 'shard'
  if (command.includes('server/main.ts')) return 'gateway'
  return 'supervisor'
}

function readOrUndefined(path: string): string | undefined {
  try {
    return readFileSync(path, 'utf8')
  } catch {
    // The process has ended between the listing and the reading.
    return undefined
  }
}
