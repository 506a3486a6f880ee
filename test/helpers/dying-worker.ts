// A compaction worker that fails in each of the ways a thread can: it throws, ends, or says nothing.

import { parentPort } from 'node:worker_threads'
import type { CompactorRequest } from '../../shard/snapshots/compactor-messages.ts'

parentPort?.on('message', ({ kind }: CompactorRequest) => {
  if (kind === 'begin') throw new Error('out of memory')
  if (kind === 'verify') process.exit(3)
})
