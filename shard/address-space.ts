// How much memory a shard may set aside at once (state/memory/set-aside.ts), before it is known how much of it will be used.
//
// Linux promises memory and finds it when it is written to, unless it is told to promise no more than it has. What it
// refuses in any case is a piece larger than all memory of the machine. That also goes for the copy of a process which
// becomes another one, where neighboring pieces count as one: so a process that sets much aside starts no others. A shard does
// not; its helpers are threads.

import { readFileSync } from 'node:fs'
import { totalmem } from 'node:os'

/** Where the system promises no more memory than it has, this file holds this number. */
const overcommitFile = '/proc/sys/vm/overcommit_memory'
const neverOvercommit = '2'
/** The rest is left for what else Linux counts. */
const partOfMachine = 15 / 16

/** @returns bytes; 0 where nothing is promised, or where that cannot be known */
export function bytesPromised(): number {
  try {
    if (readFileSync(overcommitFile, 'latin1').trim() === neverOvercommit) return 0
    return totalmem() * partOfMachine
  } catch {
    return 0
  }
}
