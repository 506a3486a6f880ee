// The compaction worker as the main thread sees it: see worker-thread.ts.

import { type ThreadAnswer, WorkerThread } from '../worker-thread.ts'
import type { CompactorRequest, CompactorResults } from './compactor-messages.ts'
import { SnapshotCorrupt } from './snapshot-chunks.ts'

/** A request that takes longer has lost its worker: the largest snapshots take a minute. */
export const answerMsMax = 10 * 60 * 1000

/** Thrown when the worker died or fell silent, or was closed. */
export class CompactorGone extends Error {
  override readonly name = 'CompactorGone'
}

type Result = CompactorResults[CompactorRequest['kind']]

export class CompactorThread {
  readonly #thread: WorkerThread<CompactorRequest, Result>

  /** @param options the program is another one in tests of what happens when it fails. */
  constructor(options: { answerMsMax?: number; program?: URL } = {}) {
    this.#thread = new WorkerThread({
      name: 'rookery-compactor',
      program: options.program ?? new URL('./compactor-worker.ts', import.meta.url),
      answerMsMax: options.answerMsMax ?? answerMsMax,
      gone: (reason) => new CompactorGone(`The compaction worker is gone: ${reason}.`),
    })
  }

  /** @throws what the request has failed with, under its own name where it is SnapshotCorrupt. */
  async ask<Request extends CompactorRequest>(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<CompactorResults[Request['kind']]> {
    const answer = await this.#thread.ask(request, transfer)
    return resultOf(answer) as CompactorResults[Request['kind']]
  }

  close(): Promise<void> {
    return this.#thread.close()
  }
}

function resultOf(answer: ThreadAnswer<Result>): Result {
  if (answer.outcome === 'done') return answer.result
  const { name, message, code } = answer
  if (name === 'SnapshotCorrupt') throw new SnapshotCorrupt(message)
  throw Object.assign(new Error(message), code === undefined ? {} : { code })
}
