import { expect, test } from 'vitest'
import { LagWatch } from '../../../../shard/placement/lag-watch.ts'
import type { LogPosition } from '../../../../shard/replication/position.ts'

const at = (sequence: number, epoch = 1): LogPosition => ({ epoch, sequence })

/** Looks every quarter of a second. */
function watching() {
  const watch = new LagWatch()
  let nowMs = 0
  return (of: ReturnType<typeof others>, positions: readonly LogPosition[], afterMs = 250) => {
    nowMs += afterMs
    return watch.look(of, { positions, nowMs })
  }
}

/** The others, as one partition's furthest position says it. */
function others(position: LogPosition, isHeard = true) {
  return { isHeard, furthestPosition: () => position }
}

test('a log that goes on is no lag, what is still not here at the next look is', () => {
  const look = watching()
  expect(look(others(at(9)), [at(3)]), 'just heard').toBe(false)
  expect(look(others(at(20)), [at(9)]), 'here meanwhile').toBe(false)
  expect(look(others(at(20)), [at(19)]), 'not here').toBe(true)
  expect(look(others(at(20)), [at(20)])).toBe(false)
})

test('a reign that this process has not heard of is something that it lacks', () => {
  const look = watching()
  look(others(at(1, 2)), [at(50)])
  expect(look(others(at(1, 2)), [at(60)])).toBe(true)
  expect(look(others(at(1, 2)), [at(1, 2)])).toBe(false)
})

test('who hears nobody cannot say that nothing is lacking', () => {
  const look = watching()
  expect(look(others(at(1), false), [at(1)])).toBe(true)
  expect(look(others(at(1)), [at(1)])).toBe(false)
})

test('two looks at once are one', () => {
  const look = watching()
  look(others(at(9)), [at(3)])
  expect(look(others(at(12)), [at(3)], 5)).toBe(false)
  expect(look(others(at(12)), [at(3)])).toBe(true)
  expect(look(others(at(12)), [at(12)], 5), 'still said').toBe(true)
  expect(look(others(at(12)), [at(12)])).toBe(false)
})
