// How long requests take on the thread that serves them, from the params to the encoded answer.
//
// The machine may be shared, and a neighbour costs more than a search. So each request is made several times, and its
// best is what it takes itself; the first one, by the clock, is what somebody would have waited here.

import { MessagePackWriter } from '../../../protocol/message-pack.ts'
import { quantile, type Row } from '../measure.ts'

/** Reads once, into the writer. */
export type Request = (writer: MessagePackWriter) => void

const repeats = 5

export type Times = {
  /** Over the requests: the best of each. */
  readonly medianMs: number
  readonly p99Ms: number
  readonly longestMs: number
  /** Over the requests: the first of each. */
  readonly firstP99Ms: number
}

export function timesOf(requests: readonly Request[]): Times {
  const writer = new MessagePackWriter(2 ** 16)
  const once = (request: Request): number => {
    writer.reset()
    const startMs = performance.now()
    request(writer)
    return performance.now() - startMs
  }
  const best: number[] = []
  const first: number[] = []
  for (const request of requests) {
    const times = Array.from({ length: repeats }, () => once(request))
    first.push(times[0]!)
    best.push(Math.min(...times))
  }
  return {
    medianMs: quantile(best, 0.5),
    p99Ms: quantile(best, 0.99),
    longestMs: Math.max(...best),
    firstP99Ms: quantile(first, 0.99),
  }
}

/** The longest of all, for which everybody else waits; and the p99 with its goal. */
export function rowsOf(
  what: string,
  { medianMs, p99Ms, longestMs, firstP99Ms }: Times,
  goals: { readonly p99MsMax: number; readonly longestMsMax: number },
): Row[] {
  return [
    {
      what: `${what}: p99`,
      value: p99Ms,
      wallValue: firstP99Ms,
      unit: 'ms',
      goal: { atMost: goals.p99MsMax },
      note: `median ${medianMs.toFixed(2)}`,
    },
    {
      what: `${what}: longest`,
      value: longestMs,
      unit: 'ms',
      goal: { atMost: goals.longestMsMax },
    },
  ]
}
