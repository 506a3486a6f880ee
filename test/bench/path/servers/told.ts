// What the benchmark tells a server that it starts, and what that one says once it is up. A server ends when the
// benchmark does, whatever happens to it.

import { readFileSync } from 'node:fs'
import { unpack } from '../../../../protocol/frame.ts'

/** What a server of the benchmark is given, as a file in MessagePack: each takes what it needs. */
export type Told = {
  /** Results of `timeline.home` in MessagePack, one for each reader. */
  readonly results?: readonly Uint8Array[]
  /** Whole answers over HTTP, as Rookery gave them. */
  readonly pages?: readonly { readonly headers: readonly string[]; readonly body: string }[]
  /** What is pushed: a frame for the bare server. */
  readonly push?: Uint8Array
  /** The same as a value, for those who encode it themselves. */
  readonly pushed?: unknown
  /** Who follows each author, by their numbers. */
  readonly followers?: readonly (readonly number[])[]
  readonly redisPort?: number
  /** Where to listen, and that others may as well; a free port of its own where it is absent. */
  readonly sharedPort?: number
}

export function readTold(): Told {
  const path = process.argv[2]
  if (path === undefined) throw new Error('the file with what to serve is the one argument')
  return unpack(readFileSync(path)) as Told
}

/** Matches what `ready` says. */
export const readyPattern = /^port (\d+)$/m

export function ready(port: number): void {
  process.once('SIGTERM', () => process.exit(0))
  process.once('disconnect', () => process.exit(0))
  console.log(`port ${port}`)
}
