import { expect, test } from 'vitest'
import { makeLog } from '../../../../protocol/std/log.ts'
import { SlowRequests } from '../../../../protocol/std/slow-requests.ts'

const settled = {
  operation: 'tweet.post',
  tookMs: 312.345,
  outcome: 'ok',
  requestId: 'request-1',
  partition: 3,
  peer: 'shard-0',
}

function slowRequests() {
  const lines: string[] = []
  const destination = { write: (line: string) => void lines.push(line) }
  const log = makeLog({ name: 'gateway-0', level: 'info', isPretty: false, destination })
  const clock = { nowMs: 5_000 }
  const slow = new SlowRequests({ thresholdMs: 250, log, now: () => clock.nowMs })
  return { slow, clock, read: () => lines.map((line) => JSON.parse(line) as object) }
}

test('a slow request is one line in the log, with all its names', () => {
  const { slow, read } = slowRequests()
  slow.note({ ...settled, traceId: 'abc', spanId: 'def' })
  const expected = {
    ...settled,
    tookMs: 312.3,
    traceId: 'abc',
    spanId: 'def',
    msg: 'a slow request',
  }
  expect(read()).toMatchObject([expected])
  expect(slow.kept).toMatchObject([{ atMs: 5_000, requestId: 'request-1', traceId: 'abc' }])
})

test('where everything is slow, some lines stand for all, and say how many were left out', () => {
  const { slow, clock, read } = slowRequests()
  for (let count = 0; count < 30; count++) slow.note(settled)
  expect(read()).toHaveLength(10)
  clock.nowMs += 1_000
  slow.note(settled)
  expect(read()).toHaveLength(11)
  expect(read().at(-1)).toMatchObject({ leftOut: 20 })
})

test('the newest are kept for the console, and no more than it shows', () => {
  const { slow } = slowRequests()
  for (let count = 0; count < 80; count++) slow.note({ ...settled, requestId: String(count) })
  expect(slow.kept).toHaveLength(50)
  expect(slow.kept.at(-1)?.requestId).toBe('79')
})
