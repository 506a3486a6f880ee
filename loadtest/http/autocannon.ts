// HTTP load by autocannon. The only importer of autocannon.
//
// The connections are dealt out to lanes. A lane is one autocannon with a list of shots of its own, which
// each of its connections fires over and over: so no two lanes march in step, and the users of a run are
// many. At a fixed rate, autocannon fires what is due in a second all at once and is silent for the rest of
// it; the lanes therefore start one after the other over the first second, and their salvos interleave:
//
//   lane 0   ###.......###.......###.......
//   lane 1   ...###.......###.......###....      all:  a steady fire
//   lane 2   ......###.......###.......###.
//
// What autocannon itself does not tell is counted here: a connection that the server closes is opened
// again without a word, and the shots that were in flight on it are gone. So the watch of a lane knows how
// many are in flight: one more than there can be means that one was lost.

import type { EventEmitter } from 'node:events'
import { setTimeout as delay } from 'node:timers/promises'
import autocannon from 'autocannon'
import { Timetable } from './arrivals.ts'

/** One request, ready to be sent as often as one likes. */
export type Shot = {
  readonly method: 'GET' | 'POST' | 'PUT'
  /** With the query. */
  readonly path: string
  readonly headers: Readonly<Record<string, string>>
  readonly body?: string
  /** What differs from one sending to the next; called for each. */
  readonly renew?: () => Partial<Pick<Shot, 'headers' | 'body'>>
}

export type Answered<S extends Shot> = {
  readonly shot: S
  readonly status: number
  readonly body: string
  readonly bytes: number
  /** From when the request was sent; at a fixed rate, from when it was due if that was earlier. */
  readonly us: number
}

export type FireOptions<S extends Shot> = {
  /** Of the server, such as `http://127.0.0.1:8080`. */
  readonly origin: string
  readonly connections: number
  /** Requests in flight on a connection. */
  readonly pipelining: number
  readonly seconds: number
  /** Requests a second on all connections; without it as fast as they are answered. */
  readonly rate?: number | undefined
  /** The shots of a lane; asked for once. */
  readonly shotsOf: (lane: { readonly index: number; readonly count: number }) => readonly S[]
  readonly onAnswer: (answered: Answered<S>) => void
  /**
   * At a fixed rate: a request that was due was not sent, and had waited so long when the next one was, or when it was
   * over. Which of the shots it would have been is not known: they are gone through in their order.
   */
  readonly onSkipped: (skipped: { readonly shot: S; readonly us: number }) => void
  /** A connection failed, or an answer took longer than `answerTimeoutSeconds`. */
  readonly onError: (message: string) => void
}

export type Fired = {
  readonly sent: number
  readonly answered: number
  /** Never answered, since their connection was closed. Those in flight at the end are none of them. */
  readonly lost: number
  /** Due at a fixed rate, and not sent since the answers before them were slow. */
  readonly skipped: number
}

/** Enough that a salvo at a fixed rate is short; each has a few timers and histograms of its own. */
const lanesMax = 50
const answerTimeoutSeconds = 10
/** How often autocannon looks whether its time is over. */
const sampleMs = 100

type Totals = { sent: number; answered: number; lost: number; skipped: number }
type Lane = { readonly index: number; readonly count: number; readonly totals: Totals }

/** Fires for so many seconds. Rejects where autocannon does not take the options. */
export async function fire<S extends Shot>(options: FireOptions<S>): Promise<Fired> {
  const { connections, pipelining, rate } = options
  // Once its connection waits for the next second, autocannon fills one place of it only.
  if (rate !== undefined && pipelining > 1) {
    throw new RangeError('--rate and --pipelining do not go together')
  }
  const count = laneCount({ connections, rate })
  const totals: Totals = { sent: 0, answered: 0, lost: 0, skipped: 0 }
  await Promise.all(
    Array.from({ length: count }, (_, index) => fireLane(options, { index, count, totals })),
  )
  return totals
}

/** A lane has a connection at least, and a request a second. */
export function laneCount(of: { connections: number; rate?: number | undefined }): number {
  return Math.min(lanesMax, of.connections, of.rate ?? lanesMax)
}

/** What one of `count` gets of a whole number: the first ones get one more where it does not divide. */
export function shareOf(total: number, { index, count }: { index: number; count: number }): number {
  return Math.floor(total / count) + (index < total % count ? 1 : 0)
}

async function fireLane<S extends Shot>(options: FireOptions<S>, lane: Lane): Promise<void> {
  const { rate, onAnswer, onSkipped, onError } = options
  if (rate !== undefined) await delay((1_000 * lane.index) / lane.count)
  // autocannon tells about an answer twice in a row: to its request with the body, to all with the time.
  let last: Pick<Answered<S>, 'shot' | 'body'> | undefined
  const shots = options.shotsOf(lane)
  const requests = shots.map((shot) =>
    requestOf(shot, (body) => {
      last = { shot, body }
    }),
  )
  let skipped = 0
  const watch = new LaneWatch(options, lane, (waitedMs) => {
    lane.totals.skipped++
    onSkipped({ shot: shots[skipped++ % shots.length]!, us: waitedMs * 1_000 })
  })
  const endMs = performance.now() + options.seconds * 1_000
  const instance: autocannon.Instance = autocannon({
    url: options.origin,
    connections: shareOf(options.connections, lane),
    pipelining: options.pipelining,
    duration: options.seconds,
    sampleInt: sampleMs,
    timeout: answerTimeoutSeconds,
    ...(rate === undefined ? {} : { overallRate: shareOf(rate, lane) }),
    requests,
    setupClient: (client) => watch.add(client),
  })
  instance.on('response', (client: EventEmitter, status: number, bytes: number, ms: number) => {
    if (last === undefined) throw new Error('autocannon answered before it asked')
    const { shot, body } = last
    onAnswer({ shot, body, status, bytes, us: (ms + watch.answered(client)) * 1_000 })
  })
  instance.on('reqError', (error: Error) => onError(error.message))
  await instance
  watch.ended(endMs)
}

/** One connection of a lane. */
type Connection = { inFlight: number; lateMs: number; timetable: Timetable | undefined }

/** Counts what the connections of a lane send, and holds their timetables. */
class LaneWatch {
  readonly #totals: Totals
  readonly #rate: number | undefined
  readonly #pipelining: number
  /** How many there will be. */
  readonly #count: number
  readonly #connections = new Map<EventEmitter, Connection>()
  readonly #onSkipped: (waitedMs: number) => void

  constructor(
    options: Pick<FireOptions<Shot>, 'connections' | 'pipelining' | 'rate'>,
    lane: Lane,
    onSkipped: (waitedMs: number) => void,
  ) {
    this.#onSkipped = onSkipped
    this.#totals = lane.totals
    this.#rate = options.rate === undefined ? undefined : shareOf(options.rate, lane)
    this.#pipelining = options.pipelining
    // autocannon opens no connection that would have nothing to send.
    this.#count = Math.min(shareOf(options.connections, lane), this.#rate ?? Infinity)
  }

  /** Called before the connection is opened. */
  add(client: EventEmitter): void {
    const place = { index: this.#connections.size, count: this.#count }
    const perSecond = this.#rate === undefined ? undefined : shareOf(this.#rate, place)
    const connection: Connection = { inFlight: 0, lateMs: 0, timetable: undefined }
    this.#connections.set(client, connection)
    client.on('request', () => {
      this.#sent(connection)
      if (perSecond === undefined) return
      const nowMs = performance.now()
      connection.timetable ??= new Timetable({ nowMs, perSecond })
      const { lateMs, skippedMs } = connection.timetable.sent(nowMs)
      connection.lateMs = lateMs
      for (const waitedMs of skippedMs) this.#onSkipped(waitedMs)
    })
  }

  /** @returns by how much the request was sent too late: at a fixed rate there is one at a time */
  answered(client: EventEmitter): number {
    this.#totals.answered++
    const connection = this.#connections.get(client)
    if (connection === undefined) throw new Error('an answer came on an unknown connection')
    connection.inFlight--
    return connection.lateMs
  }

  /** What was due by then and was not sent is not sent any more. */
  ended(nowMs: number): void {
    for (const { timetable } of this.#connections.values()) {
      for (const waitedMs of timetable?.ended(nowMs) ?? []) this.#onSkipped(waitedMs)
    }
  }

  #sent(connection: Connection): void {
    this.#totals.sent++
    if (connection.inFlight < this.#pipelining) connection.inFlight++
    else this.#totals.lost++
  }
}

function requestOf(shot: Shot, onBody: (body: string) => void): autocannon.Request {
  const { method, path, headers, body, renew } = shot
  return {
    method,
    path,
    headers,
    ...(body === undefined ? {} : { body }),
    ...(renew === undefined ? {} : { setupRequest: (request) => renewed(request, renew()) }),
    onResponse: (_status, body) => onBody(body),
  }
}

function renewed(
  request: autocannon.Request,
  { headers, body }: ReturnType<NonNullable<Shot['renew']>>,
) {
  return {
    ...request,
    headers: { ...request.headers, ...headers },
    ...(body === undefined ? {} : { body }),
  }
}
