// A lane over WebSocket: whatever a read brings is answered by new requests in one piece.

import type { Count, Lane } from './closed-loop.ts'
import { RawSocket, type RawSocketOptions } from './raw-socket.ts'
import { answersIn, Requests } from './requests.ts'

export type SocketLaneOptions = Pick<
  RawSocketOptions,
  'port' | 'path' | 'token' | 'subprotocol'
> & {
  readonly payload: Buffer
  readonly inFlight: number
  /** Requests in a frame; a divisor of `inFlight`. */
  readonly batch: number
  /** Of each answer's result, where all are alike. */
  readonly resultBytes?: number | undefined
  readonly count: Count
}

export async function openSocketLane(options: SocketLaneOptions): Promise<Lane> {
  const lane = new SocketLane(options)
  await lane.open()
  return lane
}

class SocketLane implements Lane {
  readonly #options: SocketLaneOptions
  readonly #requests: Requests
  #socket: RawSocket | undefined
  #free: number
  #isStopping = false
  #onIdle: (() => void) | undefined

  constructor(options: SocketLaneOptions) {
    this.#options = options
    this.#requests = new Requests(options)
    this.#free = options.inFlight
  }

  async open(): Promise<void> {
    const { count, resultBytes } = this.#options
    this.#socket = await RawSocket.open({
      ...this.#options,
      onFrame: (bytes, start, end) => {
        try {
          const answered = answersIn(bytes, { start, end }, resultBytes)
          count.answered += answered
          this.#free += answered
        } catch (error) {
          // It is thrown by whoever runs the round.
          count.failure ??= error as Error
        }
      },
      onRead: () => this.#send(),
      onLost: (why) => {
        count.failure ??= new Error(why)
      },
    })
  }

  start(): void {
    this.#send()
  }

  async drain(): Promise<void> {
    this.#isStopping = true
    if (this.#free === this.#options.inFlight) return
    await new Promise<void>((resolve) => {
      this.#onIdle = resolve
    })
  }

  close(): void {
    this.#socket?.close()
  }

  #send(): void {
    const { batch, inFlight } = this.#options
    if (this.#isStopping) {
      if (this.#free === inFlight) this.#onIdle?.()
      return
    }
    // The answer to the upgrade is a read as well.
    if (this.#socket === undefined || this.#free < batch) return
    const frames: Buffer[] = []
    for (; this.#free >= batch; this.#free -= batch) frames.push(Buffer.from(this.#requests.next()))
    this.#socket.send(frames.length === 1 ? frames[0]! : Buffer.concat(frames))
  }
}
