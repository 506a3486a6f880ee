// The closed loop that measures throughput: so many sockets, so many requests in flight on each, the
// next one sent when an answer arrives.
//
// Everything in it is lean, because generator and server often share a machine: an answer is read no
// further than its id, and an id says by itself which request it was (id = round x places + place),
// so that nothing is looked up. The latency of a closed loop says how long a request waited behind the
// others in flight, not what a lone user would see.

import type { ErrorBody } from '../../protocol/errors.ts'
import { requestsPerFrameMax } from '../../protocol/limits.ts'
import { MessagePackWriter } from '../../protocol/message-pack.ts'
import type { Operation } from '../../protocol/operation.ts'
import type { Socket, SocketClose } from '../client/socket.ts'
import { openSocket, UpgradeRefused } from '../client/socket.ts'
import { readFrame, writeRequest } from '../client/wire.ts'
import type { Target } from '../cluster/cluster.ts'
import type { ProcessorUse } from '../cluster/processor-use.ts'
import { processorUse, usageOf } from '../cluster/processor-use.ts'
import { Tally } from '../report/tally.ts'

export type DriveOptions = {
  readonly target: Target
  /** One socket for each. */
  readonly tokens: readonly string[]
  /** Requests in flight on each socket. */
  readonly inFlight: number
  /** Requests in one frame. */
  readonly batch: number
  readonly seconds: number
  /** Not counted. */
  readonly warmUpSeconds: number
  readonly operation: Operation
  readonly nextParams: () => Readonly<Record<string, unknown>>
  readonly onSecond: () => void
}

export type Measurement = ProcessorUse & {
  readonly seconds: number
  readonly answered: number
  readonly perSecond: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
  /** Answers that are errors, and what happened to sockets, by code. */
  readonly errors: Readonly<Record<string, number>>
  /** Requests without an answer at the end. */
  readonly unanswered: number
  readonly bytesPerAnswer: number
}

const drainTimeoutMs = 5_000
/** Pause of a request's place after an error without an advice of its own. */
const errorPauseMs = 50
/** Pause before a lost socket is opened again. */
const reopenPauseMs = 100

/** Runs the loop. Throws UpgradeRefused where a socket cannot be opened. */
export async function drive(options: DriveOptions): Promise<Measurement> {
  const tally = new Tally()
  const lanes = options.tokens.map((token) => new Lane(options, { token, tally }))
  await Promise.all(lanes.map((lane) => lane.open()))
  for (const lane of lanes) lane.start()
  await seconds(options.warmUpSeconds)
  tally.start()
  const before = usageOf(options.target)
  for (let left = options.seconds; left > 0; left--) {
    await seconds(Math.min(left, 1))
    options.onSecond()
  }
  const after = usageOf(options.target)
  tally.isCounting = false
  await Promise.all(lanes.map((lane) => lane.drain()))
  const elapsed = (after.atMs - before.atMs) / 1000
  const unanswered = lanes.reduce((sum, lane) => sum + lane.unanswered, 0)
  for (const lane of lanes) lane.close()
  return {
    ...tally.result(elapsed),
    unanswered,
    ...processorUse({ before, after }, tally.answered),
  }
}

function seconds(count: number): Promise<void> {
  return new Promise((resolve) => setTimeout(resolve, count * 1000))
}

/** One socket and its places. */
class Lane {
  readonly #options: DriveOptions
  readonly #token: string
  readonly #tally: Tally
  readonly #writer = new MessagePackWriter(4096)
  readonly #places: number
  /** Places without a request, as a stack. */
  #free: number[]
  readonly #sentAtMs: Float64Array
  #round = 0
  #socket: Socket | undefined
  #isStopping = false
  #onIdle: (() => void) | undefined

  constructor(options: DriveOptions, own: { token: string; tally: Tally }) {
    this.#options = options
    this.#token = own.token
    this.#tally = own.tally
    this.#places = options.inFlight
    this.#free = allPlaces(this.#places)
    this.#sentAtMs = new Float64Array(this.#places)
  }

  get unanswered(): number {
    return this.#places - this.#free.length
  }

  async open(): Promise<void> {
    this.#socket = await openSocket({
      url: this.#options.target.url,
      token: this.#token,
      onFrame: (bytes) => {
        readFrame(bytes, this.#handler)
        this.#send()
      },
      onClose: (close) => this.#lost(close),
    })
  }

  /** What was in flight is lost; unless the server wants no more of it, the lane comes back. */
  #lost({ code }: SocketClose): void {
    this.#socket = undefined
    if (this.#isStopping) {
      this.#onIdle?.()
      return
    }
    this.#tally.error(`closed with ${code}`)
    if (code >= 4000 && code < 4100) return
    setTimeout(() => void this.#reopen(), reopenPauseMs)
  }

  async #reopen(): Promise<void> {
    if (this.#isStopping) return
    try {
      await this.open()
      this.#free = allPlaces(this.#places)
      this.#send()
    } catch (error) {
      if (!(error instanceof UpgradeRefused)) throw error
      this.#tally.error(`reconnect refused with ${error.status}`)
      setTimeout(() => void this.#reopen(), reopenPauseMs)
    }
  }

  start(): void {
    this.#send()
  }

  /** Sends nothing more, and waits a while for what is in flight. */
  async drain(): Promise<void> {
    this.#isStopping = true
    if (this.unanswered === 0 || this.#socket === undefined) return
    let timer: NodeJS.Timeout | undefined
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
      timer = setTimeout(resolve, drainTimeoutMs)
    })
    clearTimeout(timer)
  }

  close(): void {
    this.#socket?.close()
  }

  readonly #handler = {
    onResult: (id: number, result: Uint8Array): void => {
      const place = id % this.#places
      const us = (performance.now() - this.#sentAtMs[place]!) * 1000
      this.#tally.answer({ us, bytes: result.length })
      this.#release(place)
    },
    onError: (id: number, error: ErrorBody): void => {
      this.#tally.error(error.code)
      const socket = this.#socket
      // A server that is too busy gets the pause that it asks for, not the next request at once.
      setTimeout(() => {
        if (socket !== this.#socket) return
        this.#release(id % this.#places)
        this.#send()
      }, error.retryAfterMs ?? errorPauseMs)
    },
    onPush: (): void => undefined,
  }

  #release(place: number): void {
    this.#free.push(place)
    if (this.#isStopping && this.unanswered === 0) this.#onIdle?.()
  }

  /** Fills the free places: one frame for each `batch` of them. */
  #send(): void {
    const { batch } = this.#options
    while (!this.#isStopping && this.#socket !== undefined && this.#free.length >= batch) {
      this.#writer.reset()
      if (batch > 1) this.#writer.array(batch)
      const nowMs = performance.now()
      for (let request = 0; request < batch; request++) this.#write(nowMs)
      this.#socket.send(this.#writer.copy())
    }
  }

  #write(nowMs: number): void {
    const place = this.#free.pop()!
    this.#sentAtMs[place] = nowMs
    const id = ++this.#round * this.#places + place
    const { operation, nextParams } = this.#options
    writeRequest(this.#writer, { id, operation, params: nextParams() })
  }
}

function allPlaces(count: number): number[] {
  return Array.from({ length: count }, (_, place) => place)
}

/** Throws RangeError where the numbers do not go together. */
export function checkDrive(options: { readonly inFlight: number; readonly batch: number }): void {
  if (options.batch > requestsPerFrameMax) {
    throw new RangeError(`--batch can be at most ${requestsPerFrameMax}, the limit of a frame`)
  }
  if (options.batch > options.inFlight) {
    throw new RangeError('--batch can be at most --in-flight: a frame goes out when it is full')
  }
}
