// Whether this process may open as many sockets as a swarm needs, asked before the setting up begins.

import { readFileSync } from 'node:fs'
import { UsageError } from '../options.ts'

/** What a process has open beside its clients. */
const descriptorsBeside = 200
const limitLine = /^Max open files\s+\S+\s+(\d+)/m

/**
 * Throws UsageError, with what to type, where the limit is too low. Node raises the soft limit to the hard one
 * by itself; a cluster that the run starts has the same. Outside Linux nobody tells, and nothing is checked.
 * @param limits the text of /proc/self/limits
 */
export function checkDescriptors(clients: number, limits = ownLimits()): void {
  const most = Number(limitLine.exec(limits)?.[1] ?? Number.POSITIVE_INFINITY)
  const needed = clients + descriptorsBeside
  if (needed <= most) return
  throw new UsageError(
    `${clients} clients need ${needed} open files, and this process may have ${most}: ` +
      `run "ulimit -Hn ${needed} && ulimit -n ${needed}" as root first, or choose fewer --clients`,
  )
}

function ownLimits(): string {
  return process.platform === 'linux' ? readFileSync('/proc/self/limits', 'utf8') : ''
}
