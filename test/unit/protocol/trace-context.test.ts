import { describe, expect, test } from 'vitest'
import { traceOf, traceparentOf } from '../../../protocol/trace-context.ts'

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736'
const caller = '00f067aa0ba902b7'
const ours = () => Buffer.from('1122334455667788', 'hex')

describe('a traceparent', () => {
  test('is passed on with a hop of our own, in the same trace', () => {
    const trace = traceOf(`00-${traceId}-${caller}-01`, ours)
    expect(trace).toEqual({
      traceId,
      spanId: '1122334455667788',
      parentSpanId: caller,
      flags: '01',
    })
    expect(traceparentOf(trace!)).toBe(`00-${traceId}-1122334455667788-01`)
  })

  test('of a later version is read as far as it is known, and of its flags the one that is', () => {
    const trace = traceOf(`cc-${traceId}-${caller}-fe-what-comes-later`, ours)
    expect(traceparentOf(trace!)).toBe(`00-${traceId}-1122334455667788-00`)
  })

  test.each([
    ['none', ''],
    ['an unknown version', `ff-${traceId}-${caller}-01`],
    ['more than version 00 has', `00-${traceId}-${caller}-01-more`],
    ['no trace', `00-${'0'.repeat(32)}-${caller}-01`],
    ['no caller', `00-${traceId}-${'0'.repeat(16)}-01`],
    ['capitals', `00-${traceId.toUpperCase()}-${caller}-01`],
    ['a piece', `00-${traceId}`],
    ['two lines', `00-${traceId}-${caller}-01\n`],
  ])('counts as none where it is %s', (_what, line) => {
    expect(traceOf(line, ours)).toBeUndefined()
  })
})
