import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Notation } from '../../../protocol/check.ts'
import { checkFields, FieldProblem } from '../../../protocol/check.ts'
import type { Field, Fields } from '../../../protocol/fields.ts'
import { f } from '../../../protocol/fields.ts'
import { operations } from '../../../protocol/registry.ts'

const notations: readonly Notation[] = ['message-pack', 'json', 'text']

/** What the check makes of one value, or what is wrong with it. */
function check(field: Field, value: unknown, notation: Notation): unknown {
  const checked = checkFields({ it: field }, { it: value }, notation)
  if (checked instanceof FieldProblem) return `${checked.field} ${checked.problem}`
  return (checked as { it?: unknown }).it
}

describe('a record', () => {
  const fields = { name: f.text({ lengthMax: 5 }), age: f.optional(f.integer({ min: 0, max: 9 })) }
  const problem = (value: unknown) => {
    const checked = checkFields(fields, value, 'json')
    return checked instanceof FieldProblem ? `${checked.field}: ${checked.problem}` : checked
  }

  test('is copied field by field', () => {
    const given = { name: 'ada', age: 3 }
    const checked = checkFields(fields, given, 'json')
    expect(checked).toEqual(given)
    expect(checked).not.toBe(given)
  })

  test('may leave out what is optional, or say null', () => {
    expect(problem({ name: 'ada' })).toEqual({ name: 'ada' })
    expect(problem({ name: 'ada', age: null })).toEqual({ name: 'ada' })
    expect(problem({ age: 3 })).toBe('name: is missing')
    expect(problem({ name: null })).toBe('name: must be a string')
  })

  test('has no fields that nobody declared, whatever they are called', () => {
    expect(problem({ name: 'ada', x: 1 })).toBe('x: is not a known field')
    expect(problem(JSON.parse('{"name":"ada","__proto__":{}}'))).toBe(
      '__proto__: is not a known field',
    )
    expect(problem({ name: 'ada', constructor: 1 })).toBe('constructor: is not a known field')
    const long = problem({ name: 'ada', ['x'.repeat(500)]: 1 }) as string
    expect(long).toBe(`${'x'.repeat(64)}: is not a known field`)
  })

  test('inherits nothing: what is not its own is missing', () => {
    expect(problem(Object.create({ name: 'ada' }))).toBe('name: is missing')
  })

  test.each([null, undefined, 3, 'text', [], [1]])('is not %j', (value) => {
    expect(problem(value)).toBe(': must be an object')
  })

  test('inside of lists and records says where it is wrong', () => {
    const deep: Fields = {
      media: f.list(f.record({ id: f.id }), { countMax: 3 }),
      location: f.optional(f.record({ latitude: f.number({ min: -90, max: 90 }) })),
    }
    const at = (value: unknown) => (checkFields(deep, value, 'json') as FieldProblem).field
    expect(at({ media: [{ id: '1' }, { id: 'x' }] })).toBe('media[1].id')
    expect(at({ media: [], location: { latitude: 91 } })).toBe('location.latitude')
    expect(at({ media: [], location: { latitude: 9, longitude: 1 } })).toBe('location.longitude')
  })
})

describe('an id', () => {
  test('is an integer in MessagePack, and a decimal string in JSON and in a URL', () => {
    expect(check(f.id, 42, 'message-pack')).toBe(42)
    expect(check(f.id, '42', 'json')).toBe(42)
    expect(check(f.id, '42', 'text')).toBe(42)
    expect(check(f.id, '42', 'message-pack')).toBe('it must be an id: a positive integer')
    expect(check(f.id, 42, 'json')).toBe('it must be an id: a decimal string')
  })

  test.each(notations)('is never zero, negative, a fraction or beyond 2^53 (%s)', (notation) => {
    for (const value of [
      0,
      -1,
      1.5,
      2 ** 53,
      Number.NaN,
      '0',
      '-1',
      '1.5',
      '9007199254740992',
      true,
    ]) {
      expect(check(f.id, value, notation)).toMatch(/^it must be an id/)
    }
  })
})

describe('a user reference', () => {
  test.each(notations)('is an id or a handle (%s)', (notation) => {
    expect(check(f.userReference, 42, notation)).toEqual({ id: 42 })
    expect(check(f.userReference, '42', notation)).toEqual({ id: 42 })
    expect(check(f.userReference, '@42', notation)).toEqual({ handle: '42' })
    expect(check(f.userReference, '@Ada_L', notation)).toEqual({ handle: 'Ada_L' })
    expect(check(f.userReference, 'Ada_L', notation)).toEqual({ handle: 'Ada_L' })
    for (const value of ['', '@', '@@ada', 'a b', 'x'.repeat(16), {}, null, 1.5, -3]) {
      expect(check(f.userReference, value, notation)).toMatch(/^it must be an id, or a handle/)
    }
  })
})

describe('numbers and booleans', () => {
  const few = f.integer({ min: 1, max: 100 })

  test('are typed in MessagePack and JSON, and spelled in a URL', () => {
    expect(check(few, 20, 'json')).toBe(20)
    expect(check(few, '20', 'text')).toBe(20)
    expect(check(few, '20', 'json')).toBe('it must be an integer')
    expect(check(f.boolean, true, 'message-pack')).toBe(true)
    expect(check(f.boolean, 'false', 'text')).toBe(false)
    expect(check(f.boolean, 'false', 'json')).toBe('it must be true or false')
    expect(check(f.boolean, 'yes', 'text')).toBe('it must be true or false')
  })

  test('keep their bounds', () => {
    expect([1, 100].map((value) => check(few, value, 'json'))).toEqual([1, 100])
    for (const value of [0, 101, '0', '101']) {
      expect(check(few, value, 'text')).toBe('it must be between 1 and 100')
    }
    for (const value of [
      1.5,
      Number.NaN,
      Number.POSITIVE_INFINITY,
      '1.5',
      '1e1',
      '0x10',
      '',
      ' 5',
    ]) {
      expect(check(few, value, 'text')).toBe('it must be an integer')
    }
    const degrees = f.number({ min: -90, max: 90 })
    expect(check(degrees, -13.405, 'message-pack')).toBe(-13.405)
    expect(check(degrees, '-13.405', 'text')).toBe(-13.405)
    expect(check(degrees, Number.NaN, 'message-pack')).toBe('it must be a number')
  })
})

test('a time is milliseconds in MessagePack, and ISO 8601 elsewhere', () => {
  const timeMs = Date.UTC(2026, 0, 2, 3, 4, 5, 678)
  expect(check(f.time, timeMs, 'message-pack')).toBe(timeMs)
  expect(check(f.time, '2026-01-02T03:04:05.678Z', 'json')).toBe(timeMs)
  expect(check(f.time, '2026-01-02T04:04:05.678+01:00', 'text')).toBe(timeMs)
  expect(check(f.time, '2026-01-02', 'json')).toBe(Date.UTC(2026, 0, 2))
  for (const value of [timeMs, 'yesterday', '2026-13-01', '2026', '2026-01-02T99:00Z', '', null]) {
    expect(check(f.time, value, 'json')).toBe('it must be a time')
  }
  expect(check(f.time, 1.5, 'message-pack')).toBe('it must be a time')
})

test('a text is bounded before its rule sees it, and kept as the rule gives it back', () => {
  const seen: string[] = []
  const field = f.text({
    lengthMax: 4,
    rule: (text) => {
      seen.push(text)
      return text === 'no' ? { problem: 'must not be no' } : text.toUpperCase()
    },
  })
  expect(check(field, 'yes', 'json')).toBe('YES')
  expect(check(field, 'no', 'json')).toBe('it must not be no')
  expect(check(field, 'x'.repeat(5), 'json')).toBe('it must have at most 4 characters')
  expect(check(field, 5, 'json')).toBe('it must be a string')
  expect(seen).toEqual(['yes', 'no'])
})

test('a list is bounded, and in a URL it is split at commas', () => {
  const field = f.list(f.id, { countMax: 2 })
  expect(check(field, ['1', '2'], 'json')).toEqual([1, 2])
  expect(check(field, '1,2', 'text')).toEqual([1, 2])
  expect(check(field, ['1', '2', '3'], 'json')).toBe('it must have at most 2 entries')
  expect(check(field, { length: 1, 0: '1' }, 'json')).toBe('it must be a list')
  expect(check(field, ['1', 2], 'json')).toBe('it[1] must be an id: a decimal string')
})

test('I10: no value whatever makes a check throw, in any operation and notation', () => {
  const values = fc.oneof(
    fc.anything(),
    fc.object({ key: fc.constantFrom('userId', 'text', 'user') }),
  )
  fc.assert(
    fc.property(values, fc.constantFrom(...notations), (value, notation) => {
      for (const { request } of Object.values(operations)) {
        const checked = checkFields(request as Fields, value, notation)
        expect(typeof checked).toBe('object')
      }
    }),
    { numRuns: 200 },
  )
})
