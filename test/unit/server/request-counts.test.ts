import { expect, test } from 'vitest'
import { operations, operationsByCode } from '../../../protocol/registry.ts'
import { GatewayMetrics } from '../../../server/metrics.ts'
import { Scrape } from '../../helpers/scrape.ts'

const [home, posting] = [operations['timeline.home'], operations['tweet.post']]
const answered = 'rookery_requests_total'
const durations = 'rookery_request_duration_seconds'

function counted(): GatewayMetrics {
  const metrics = new GatewayMetrics()
  metrics.answered(home, 'ok', 0.5)
  metrics.answered(home, 'ok', 0.6)
  metrics.answered(home, 'unauthenticated', 9_000)
  metrics.answered(posting, 'of another version', 1)
  return metrics
}

test('every outcome that is declared is a series from the start on', async () => {
  const seen = new Scrape(await new GatewayMetrics().registry.metrics())
  for (const { name: operation, refusals } of operationsByCode.values()) {
    for (const outcome of ['ok', 'internal', ...Object.keys(refusals)]) {
      expect(seen.value(answered, { operation, outcome })).toBe(0)
    }
    expect(seen.value(durations, { operation })).toBe(0)
  }
})

test('requests are counted by operation and outcome, and one that nobody knows is a bug of ours', async () => {
  const seen = new Scrape(await counted().registry.metrics())
  expect(seen.value(answered, { operation: home.name, outcome: 'ok' })).toBe(2)
  expect(seen.value(answered, { operation: home.name })).toBe(3)
  expect(seen.value(answered, { operation: posting.name, outcome: 'internal' })).toBe(1)
})

test('durations are told as a scraper reads a histogram: each bucket holds the shorter ones too', async () => {
  const text = await counted().registry.metrics()
  const lines = text
    .split('\n')
    .filter((line) => line.startsWith(durations) && line.includes(home.name))
  expect(lines[0]).toBe(`${durations}_bucket{le="0.0005",operation="timeline.home"} 1`)
  expect(lines[1]).toBe(`${durations}_bucket{le="0.001",operation="timeline.home"} 2`)
  expect(lines.slice(-4)).toEqual([
    `${durations}_bucket{le="5",operation="timeline.home"} 2`,
    `${durations}_bucket{le="+Inf",operation="timeline.home"} 3`,
    `${durations}_sum{operation="timeline.home"} 9.0011`,
    `${durations}_count{operation="timeline.home"} 3`,
  ])
  expect(text).toContain(`# TYPE ${durations} histogram`)
})

test('operators are told of what was asked for at all', () => {
  const reports = counted().operationReports()
  const [first, second, ...others] = reports.sort((a, b) => (a.name < b.name ? 1 : -1))
  expect(others).toEqual([])
  expect(first).toMatchObject({ name: 'tweet.post', ok: 0, failed: { internal: 1 } })
  expect(second).toMatchObject({ name: 'timeline.home', ok: 2, failed: { unauthenticated: 1 } })
  expect(second?.seconds.counts.slice(0, 2)).toEqual([1, 2])
  expect(second?.seconds.counts.at(-1)).toBe(3)
})
