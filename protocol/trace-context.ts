// W3C Trace Context, level 1: who called, and which trace it belongs to, in one line of text.
//
//   traceparent: 00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01
//                version  trace id                   caller           flags
//
// Rookery records no spans. It takes the line of a caller, gives each hop of its own a new id in it, passes
// it on, and writes trace and ids into its log: whoever records spans finds what belongs together. A line
// that is not right counts as none, as the standard asks. Pure: chance is an argument.
//
// Source: W3C Recommendation "Trace Context", 23 November 2021, section 3.2.

/** A request's place in a trace. */
export type TraceContext = {
  readonly traceId: string
  /** Of this hop. */
  readonly spanId: string
  /** Of who called. */
  readonly parentSpanId: string
  readonly flags: string
}

const header = /^([0-9a-f]{2})-([0-9a-f]{32})-([0-9a-f]{16})-([0-9a-f]{2})(-.*)?$/
const zeros = /^0+$/

/**
 * Reads a caller's line.
 * @param spanBytes 8 random bytes: the id of this hop
 * @returns undefined where there is no line, or none that is right
 */
export function traceOf(
  traceparent: string,
  spanBytes: () => Uint8Array,
): TraceContext | undefined {
  const match = header.exec(traceparent)
  if (match === null) return undefined
  const [, version = '', traceId = '', parentSpanId = '', flags = '', rest] = match
  if (version === 'ff' || (version === '00' && rest !== undefined)) return undefined
  if (zeros.test(traceId) || zeros.test(parentSpanId)) return undefined
  const spanId = Buffer.from(spanBytes()).toString('hex')
  return { traceId, spanId, parentSpanId, flags }
}

/** The line for whom this hop calls. Of the flags only the one that level 1 knows is passed on. */
export function traceparentOf({ traceId, spanId, flags }: TraceContext): string {
  const isSampled = (Number.parseInt(flags, 16) & 1) === 1
  return `00-${traceId}-${spanId}-${isSampled ? '01' : '00'}`
}

/**
 * What a request is called in the logs of gateway and shard where its sender gave it no name: by the link that
 * it took and its number there.
 */
export function requestName(request: {
  readonly gateway: string
  readonly shard: string
  readonly number: number
}): string {
  return `${request.gateway}.${request.shard}.${request.number}`
}
