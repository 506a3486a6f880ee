import { describe, expect, test } from 'vitest'
import { operationRememberedMs, operationsRememberedMax } from '../../../../protocol/limits.ts'
import { RememberedOperations } from '../../../../shard/state/remembered-operations.ts'

const alice = 1
const bob = 2

describe('remembered operations', () => {
  test('an operation is known by who did it and by its id', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ actor: alice, operationId: 'x', result: 100, timeMs: 0 })
    remembered.remember({ actor: bob, operationId: 'x', result: 200, timeMs: 0 })
    expect(remembered.resultOf(alice, 'x')).toBe(100)
    expect(remembered.resultOf(bob, 'x')).toBe(200)
    expect(remembered.resultOf(alice, 'y')).toBeUndefined()
  })

  test('who did it and the id are not run together', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ actor: 1, operationId: '2-x', result: 100, timeMs: 0 })
    expect(remembered.resultOf(12, '-x')).toBeUndefined()
    expect(remembered.resultOf(1, '2-x')).toBe(100)
  })

  test('is forgotten when the log has gone on for an hour, and not a millisecond before', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ actor: alice, operationId: 'old', result: 1, timeMs: 1_000 })
    const later = { actor: alice, result: 2 }
    const endMs = 1_000 + operationRememberedMs
    remembered.remember({ ...later, operationId: 'at the end', timeMs: endMs })
    expect(remembered.resultOf(alice, 'old')).toBe(1)
    remembered.remember({ ...later, operationId: 'after it', timeMs: endMs + 1 })
    expect(remembered.resultOf(alice, 'old')).toBeUndefined()
    expect(remembered.resultOf(alice, 'at the end')).toBe(2)
  })

  test('the oldest make room where there are too many', () => {
    const remembered = new RememberedOperations()
    for (let number = 0; number <= operationsRememberedMax; number++) {
      remembered.remember({ actor: alice, operationId: `${number}`, result: number, timeMs: 0 })
    }
    expect(remembered.resultOf(alice, '0')).toBeUndefined()
    expect(remembered.resultOf(alice, '1')).toBe(1)
    expect(remembered.resultOf(alice, `${operationsRememberedMax}`)).toBe(operationsRememberedMax)
  })

  test('a clock that was set back forgets nothing too early', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ actor: alice, operationId: 'first', result: 1, timeMs: 5_000_000 })
    remembered.remember({ actor: alice, operationId: 'second', result: 2, timeMs: 1_000 })
    expect(remembered.resultOf(alice, 'first')).toBe(1)
    expect(remembered.resultOf(alice, 'second')).toBe(2)
  })
})
