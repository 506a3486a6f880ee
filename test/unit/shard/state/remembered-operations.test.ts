import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { operationRememberedMs, operationsRememberedMax } from '../../../../protocol/limits.ts'
import { RememberedOperations } from '../../../../shard/state/remembered-operations.ts'

const alice = 1
const bob = 2
const post = 0x20
const signUp = 0x01

describe('remembered operations', () => {
  test('an operation is known by who did it and by its id', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ operation: post, actor: alice, operationId: 'x', result: 100, timeMs: 0 })
    remembered.remember({ operation: post, actor: bob, operationId: 'x', result: 200, timeMs: 0 })
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'x' })).toBe(100)
    expect(remembered.resultOf({ operation: post, actor: bob, operationId: 'x' })).toBe(200)
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'y' })).toBeUndefined()
  })

  test('one key may serve two operations', () => {
    const remembered = new RememberedOperations()
    const attempt = { actor: alice, operationId: 'x' }
    remembered.remember({ ...attempt, operation: signUp, result: 100, timeMs: 0 })
    expect(remembered.resultOf({ ...attempt, operation: post })).toBeUndefined()
    remembered.remember({ ...attempt, operation: post, result: 200, timeMs: 0 })
    expect(remembered.resultOf({ ...attempt, operation: signUp })).toBe(100)
    expect(remembered.resultOf({ ...attempt, operation: post })).toBe(200)
  })

  test('who did it and the id are not run together', () => {
    const remembered = new RememberedOperations()
    remembered.remember({ operation: post, actor: 1, operationId: '2-x', result: 100, timeMs: 0 })
    expect(remembered.resultOf({ operation: post, actor: 12, operationId: '-x' })).toBeUndefined()
    expect(remembered.resultOf({ operation: post, actor: 1, operationId: '2-x' })).toBe(100)
  })

  test('is forgotten when the log has gone on for an hour, and not a millisecond before', () => {
    const remembered = new RememberedOperations()
    remembered.remember({
      operation: post,
      actor: alice,
      operationId: 'old',
      result: 1,
      timeMs: 1_000,
    })
    const later = { actor: alice, result: 2 }
    const endMs = 1_000 + operationRememberedMs
    remembered.remember({ operation: post, ...later, operationId: 'at the end', timeMs: endMs })
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'old' })).toBe(1)
    remembered.remember({ operation: post, ...later, operationId: 'after it', timeMs: endMs + 1 })
    expect(
      remembered.resultOf({ operation: post, actor: alice, operationId: 'old' }),
    ).toBeUndefined()
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'at the end' })).toBe(
      2,
    )
  })

  test('the oldest make room where there are too many', () => {
    const remembered = new RememberedOperations()
    for (let number = 0; number <= operationsRememberedMax; number++) {
      remembered.remember({
        operation: post,
        actor: alice,
        operationId: `${number}`,
        result: number,
        timeMs: 0,
      })
    }
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: '0' })).toBeUndefined()
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: '1' })).toBe(1)
    expect(
      remembered.resultOf({
        operation: post,
        actor: alice,
        operationId: `${operationsRememberedMax}`,
      }),
    ).toBe(operationsRememberedMax)
  })

  test('a clock that was set back forgets nothing too early', () => {
    const remembered = new RememberedOperations()
    remembered.remember({
      operation: post,
      actor: alice,
      operationId: 'first',
      result: 1,
      timeMs: 5_000_000,
    })
    remembered.remember({
      operation: post,
      actor: alice,
      operationId: 'second',
      result: 2,
      timeMs: 1_000,
    })
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'first' })).toBe(1)
    expect(remembered.resultOf({ operation: post, actor: alice, operationId: 'second' })).toBe(2)
  })

  test('as many attempts as there are have one hash, and each is known, forgotten and listed by itself', () => {
    const attempt = fc.record({
      operation: fc.constantFrom(post, signUp),
      actor: fc.constantFrom(alice, bob, 2 ** 52 + 1),
      operationId: fc.string({ unit: 'grapheme', maxLength: 3 }),
    })
    const steps = fc.array(fc.tuple(attempt, fc.nat(operationRememberedMs / 8)), { maxLength: 80 })
    fc.assert(
      fc.property(steps, fc.constantFrom(1, 3, 1_000), (steps, hashes) => {
        const hash = (_: unknown, text: Buffer): number => 1 + (text.length % hashes)
        const remembered = new RememberedOperations(hashes === 1_000 ? {} : { hash })
        const model = new Map<string, { timeMs: number; result: number }>()
        const keyOf = (one: object): string => JSON.stringify(Object.values(one))
        let timeMs = 1
        for (const [result, [one, laterMs]] of steps.entries()) {
          timeMs += laterMs
          expect(remembered.resultOf(one)).toBe(model.get(keyOf(one))?.result)
          remembered.remember({ ...one, result, timeMs })
          model.set(keyOf(one), { timeMs, result })
          for (const [key, done] of model) {
            if (done.timeMs >= timeMs - operationRememberedMs) break
            model.delete(key)
          }
          const listed = [...remembered.entries()].map(({ timeMs, result, ...one }) => [
            keyOf(one),
            { timeMs, result },
          ])
          expect(listed).toEqual([...model])
        }
        const ofAlice = [...remembered.entries((actor) => actor === alice)]
        expect(ofAlice).toEqual([...remembered.entries()].filter(({ actor }) => actor === alice))
      }),
    )
  })
})
