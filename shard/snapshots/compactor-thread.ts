// The compaction worker as the main thread sees it: started when it is first asked, kept, and started anew
// after it has died or fallen silent. Requests wait for their turn.

import { Worker } from 'node:worker_threads'
import type { CompactorAnswer, CompactorRequest, CompactorResults } from './compactor-messages.ts'
import { SnapshotCorrupt } from './snapshot-file.ts'

/** A request that takes longer has lost its worker: the largest snapshots take a minute. */
export const answerMsMax = 10 * 60 * 1000

/** Thrown when the worker died or fell silent, or was closed. */
export class CompactorGone extends Error {
  override readonly name = 'CompactorGone'
}

type Asked = { resolve(answer: CompactorAnswer): void; reject(error: Error): void }

export class CompactorThread {
  readonly #answerMsMax: number
  readonly #program: URL
  #worker: Worker | undefined
  #asked: Asked | undefined
  /** Ends with the last request that was made. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  /** @param options the program is another one in tests of what happens when it fails. */
  constructor(options: { answerMsMax?: number; program?: URL } = {}) {
    this.#answerMsMax = options.answerMsMax ?? answerMsMax
    this.#program = options.program ?? new URL('./compactor-worker.ts', import.meta.url)
  }

  /** @throws what the request has failed with, under its own name where it is SnapshotCorrupt. */
  ask<Request extends CompactorRequest>(
    request: Request,
    transfer: readonly ArrayBuffer[] = [],
  ): Promise<CompactorResults[Request['kind']]> {
    const answer = this.#turn.then(() => this.#ask(request, transfer))
    // Whoever asked hears of a failure; the next one only waits for the end.
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  async #ask<Request extends CompactorRequest>(
    request: Request,
    transfer: readonly ArrayBuffer[],
  ): Promise<CompactorResults[Request['kind']]> {
    if (this.#isClosed) throw new CompactorGone('The compaction worker was closed.')
    const worker = this.#started()
    const answer = Promise.withResolvers<CompactorAnswer>()
    this.#asked = answer
    const overdue = setTimeout(() => this.#lose('it gave no answer in time'), this.#answerMsMax)
    // While it works it keeps the process; idle it does not.
    worker.ref()
    try {
      worker.postMessage(request, transfer)
      return resultOf(await answer.promise) as CompactorResults[Request['kind']]
    } finally {
      clearTimeout(overdue)
      this.#asked = undefined
      worker.unref()
    }
  }

  async close(): Promise<void> {
    this.#isClosed = true
    const worker = this.#worker
    this.#lose('it was closed')
    await worker?.terminate()
  }

  #started(): Worker {
    if (this.#worker !== undefined) return this.#worker
    const worker = new Worker(this.#program, { name: 'rookery-compactor' })
    this.#worker = worker
    worker.on('message', (answer: CompactorAnswer) => {
      if (worker === this.#worker) this.#asked?.resolve(answer)
    })
    worker.on('error', (error) => {
      if (worker === this.#worker) this.#lose(error instanceof Error ? error.message : 'it failed')
    })
    worker.on('exit', (code) => {
      if (worker === this.#worker) this.#lose(`it ended with code ${code}`)
    })
    return worker
  }

  /** Gives the worker up; whoever waits for it hears why. */
  #lose(reason: string): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#asked?.reject(new CompactorGone(`The compaction worker is gone: ${reason}.`))
    void worker?.terminate()
  }
}

function resultOf(answer: CompactorAnswer): unknown {
  if (answer.outcome === 'done') return answer.result
  const { name, message, code } = answer
  if (name === 'SnapshotCorrupt') throw new SnapshotCorrupt(message)
  throw Object.assign(new Error(message), code === undefined ? {} : { code })
}
