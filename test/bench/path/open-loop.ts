// The open loop of the benchmark: requests at a fixed rate, whether or not the server keeps up. A latency counts from
// when a request was due, so that a server that stalls is charged for all who would have come meanwhile (coordinated
// omission: Gil Tene, "How NOT to Measure Latency"). What a socket may not have in flight yet waits here, and is charged
// for that as well.

import { build } from 'hdr-histogram-js'
import { inFineTurns } from '../../../loadtest/std/fine-turns.ts'
import { socketRequestsInFlightMax } from '../../../server/limits.ts'
import { eventually } from '../../helpers/eventually.ts'
import { RawSocket, type RawSocketOptions } from './raw-socket.ts'
import { answersIn, idFirst, idOfAnswer, nowUs, Requests } from './requests.ts'

/** Where a socket of the loop is opened. */
export type Place = Pick<RawSocketOptions, 'port' | 'path' | 'token' | 'subprotocol'>

export type OpenLoopOptions = {
  /** One socket for each; requests go to them in turn. */
  readonly places: readonly Place[]
  readonly payload: Buffer
  readonly perSecond: number
  readonly seconds: number
}

export type Latencies = {
  readonly count: number
  readonly p50Us: number
  readonly p99Us: number
  readonly maxUs: number
}

type Lane = {
  readonly socket: RawSocket
  readonly requests: Requests
  readonly dueUs: Float64Array
  due: number
  sent: number
  answered: number
}

/** Of one socket, due and without an answer: more than a run that is worth anything ever has. */
const waitingMax = 65_536
const answeredWithinMs = 60_000

/** Throws where an answer is an error, or does not come. */
export async function openLoop(options: OpenLoopOptions): Promise<Latencies> {
  const loop = new OpenLoop(options)
  try {
    return await loop.run()
  } finally {
    loop.close()
  }
}

class OpenLoop {
  readonly #options: OpenLoopOptions
  readonly #lanes: Lane[] = []
  readonly #latencies = build({
    highestTrackableValue: 60_000_000,
    numberOfSignificantValueDigits: 3,
  })
  #answered = 0
  #failure: Error | undefined

  constructor(options: OpenLoopOptions) {
    this.#options = options
  }

  async run(): Promise<Latencies> {
    const { places, perSecond, seconds } = this.#options
    for (const place of places) this.#lanes.push(await this.#open(place))
    const count = Math.ceil(perSecond * seconds)
    const startUs = nowUs()
    let sent = 0
    await inFineTurns(() => {
      const due = Math.min(count, ((nowUs() - startUs) * perSecond) / 1e6)
      for (; sent < due; sent++) this.#send(sent, startUs + (sent * 1e6) / perSecond)
      return sent === count || this.#failure !== undefined
    })
    await eventually(() => this.#answered === sent || this.#failure !== undefined, {
      withinMs: answeredWithinMs,
    })
    if (this.#failure !== undefined) throw this.#failure
    return {
      count,
      p50Us: this.#latencies.getValueAtPercentile(50),
      p99Us: this.#latencies.getValueAtPercentile(99),
      maxUs: this.#latencies.maxValue,
    }
  }

  close(): void {
    for (const { socket } of this.#lanes) socket.close()
  }

  async #open(place: Place): Promise<Lane> {
    const dueUs = new Float64Array(waitingMax)
    const socket = await RawSocket.open({
      ...place,
      onFrame: (bytes, start, end) => this.#hear(lane, { bytes, start, end }),
      onLost: (why) => {
        this.#failure ??= new Error(why)
      },
    })
    const requests = new Requests({ payload: this.#options.payload, batch: 1 })
    const lane: Lane = { socket, requests, dueUs, due: 0, sent: 0, answered: 0 }
    return lane
  }

  #send(number: number, dueUs: number): void {
    const lane = this.#lanes[number % this.#lanes.length]!
    lane.dueUs[lane.due++ % waitingMax] = dueUs
    this.#sendDue(lane)
  }

  #sendDue(lane: Lane): void {
    while (lane.sent < lane.due && lane.sent - lane.answered < socketRequestsInFlightMax) {
      const dueUs = lane.dueUs[lane.sent++ % waitingMax]!
      lane.socket.send(lane.requests.next(Math.floor(dueUs)))
    }
  }

  #hear(lane: Lane, frame: { bytes: Buffer; start: number; end: number }): void {
    const { bytes, start, end } = frame
    try {
      if (answersIn(bytes, { start, end }, undefined) !== 1) return
      const due = lane.dueUs[(idOfAnswer(bytes, start) - idFirst) % waitingMax]!
      this.#latencies.recordValue(Math.max(1, Math.round(nowUs() - due)))
      this.#answered++
      lane.answered++
      this.#sendDue(lane)
    } catch (error) {
      // It is thrown where the loop is waited for.
      this.#failure ??= error as Error
    }
  }
}
