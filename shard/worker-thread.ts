// A worker thread that is asked one thing at a time, as the main thread sees it: started when it is first asked, kept,
// and started anew after it has died or fallen silent. Requests wait for their turn.
//
// For what would hold the event loop up: making snapshots, and files that a busy disk lets nobody touch for a while.
// The other end answers each message with a `ThreadAnswer`; `serveThread` does that.

import { parentPort, Worker } from 'node:worker_threads'

export type ThreadAnswer<Result> =
  | { readonly outcome: 'done'; readonly result: Result }
  | {
      readonly outcome: 'failed'
      readonly name: string
      readonly message: string
      readonly code?: string
    }

export type WorkerThreadOptions = {
  readonly name: string
  /** The program that calls `serveThread`. */
  readonly program: URL
  /** A request that takes longer has lost its thread. */
  readonly answerMsMax: number
  /** What whoever waits hears when the thread has died, fallen silent, or was closed. */
  gone(reason: string): Error
}

export class WorkerThread<Request, Result> {
  readonly #options: WorkerThreadOptions
  #worker: Worker | undefined
  #asked: PromiseWithResolvers<ThreadAnswer<Result>> | undefined
  /** Ends with the last request that was made. */
  #turn: Promise<unknown> = Promise.resolve()
  #isClosed = false

  constructor(options: WorkerThreadOptions) {
    this.#options = options
  }

  /** Rejects with what `gone` makes; a failure of the work itself is an answer. */
  ask(request: Request, transfer: readonly ArrayBuffer[] = []): Promise<ThreadAnswer<Result>> {
    const answer = this.#turn.then(() => this.#ask(request, transfer))
    // Whoever asked hears of a failure; the next one only waits for the end.
    this.#turn = answer.catch(() => undefined)
    return answer
  }

  async #ask(request: Request, transfer: readonly ArrayBuffer[]): Promise<ThreadAnswer<Result>> {
    if (this.#isClosed) throw this.#options.gone('it was closed')
    const worker = this.#started()
    const answer = Promise.withResolvers<ThreadAnswer<Result>>()
    this.#asked = answer
    const overdue = setTimeout(
      () => this.#lose('it gave no answer in time'),
      this.#options.answerMsMax,
    )
    // While it works it keeps the process; idle it does not.
    worker.ref()
    try {
      worker.postMessage(request, transfer)
      return await answer.promise
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
    const { name, program } = this.#options
    const worker = new Worker(program, { name })
    this.#worker = worker
    worker.on('message', (answer: ThreadAnswer<Result>) => {
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

  /** Gives the thread up; whoever waits for it hears why. */
  #lose(reason: string): void {
    const worker = this.#worker
    this.#worker = undefined
    this.#asked?.reject(this.#options.gone(reason))
    void worker?.terminate()
  }
}

/** The other end: answers each request with what `handle` returns or throws. */
export function serveThread<Request, Result>(handle: (request: Request) => Result): void {
  const port = parentPort
  if (port === null) throw new Error('this file runs as a worker thread')
  port.on('message', (request: Request) => port.postMessage(answerOf(request, handle)))
}

function answerOf<Request, Result>(
  request: Request,
  handle: (request: Request) => Result,
): ThreadAnswer<Result> {
  try {
    return { outcome: 'done', result: handle(request) }
  } catch (error) {
    const { name, message, code } = error as NodeJS.ErrnoException
    return { outcome: 'failed', name, message, ...(code === undefined ? {} : { code }) }
  }
}
