import { expect, test } from 'vitest'
import { viewOf } from '../../../../server/console/cluster-view.ts'
import { linesOf } from '../../../../server/console/terminal.ts'
import { gatewayReport, shardReport } from './reports.ts'

function data(hosted: Parameters<typeof shardReport>[1]) {
  const shards = [shardReport('shard-0', { replicas: 0, ...hosted })]
  const now = { atMs: 100_000, shards, gateways: [gatewayReport('gateway-0')], silent: [] }
  const view = viewOf({ now, before: undefined, seen: [], gone: [] })
  return { gateway: 'gateway-0', view, history: [] }
}

const well = data({
  hosted: [
    [0, 1, 1, 1, 0],
    [1, 1, 1, 1, 0],
  ],
})
const wide = { columns: 200, rows: 100, isColoured: false }

test('the terminal shows processes, and who serves which partition', () => {
  const text = linesOf(well, wide).join('\n')
  expect(text).toContain('All is well')
  expect(text).toMatch(/shard-0 +ready +2 +0/)
  expect(text).toMatch(/A shard-0\n +0 {2}A {2}A/)
})

test('what is wrong stands on top, and in red where there are colours', () => {
  const ill = data({ hosted: [[0, 1, 1, 1, 0]] })
  const lines = linesOf(ill, { ...wide, isColoured: true })
  expect(lines[0]).toContain('SOMETHING IS WRONG')
  expect(lines[1]).toBe('\u001b[1;37;41m! Nobody serves partition 1.\u001b[0m')
  expect(linesOf(ill, wide).join('\n')).toContain('A  !')
})

test('nothing goes beyond the edges of the terminal', () => {
  const lines = linesOf(well, { columns: 20, rows: 6, isColoured: false })
  expect(lines).toHaveLength(6)
  expect(Math.max(...lines.map((line) => line.length))).toBeLessThanOrEqual(20)
})
