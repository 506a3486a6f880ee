import { expect, test } from 'vitest'
import { describeFields, describeType } from '../../../protocol/describe.ts'
import { userField } from '../../../protocol/entities.ts'
import { f } from '../../../protocol/fields.ts'

test('a field is told in a few words, with its bound', () => {
  expect(describeType(f.text({ lengthMax: 64 }))).toBe('text, at most 64 characters')
  expect(describeType(f.count)).toBe('integer, 0 or more')
  expect(describeType(f.optional(f.integer({ min: 1, max: 100 })))).toBe('integer, 1 to 100')
  expect(describeType(f.list(userField, { countMax: 3 }))).toBe('list of at most 3: User')
})

test('the fields inside of a record follow it, those of a named shape do not', () => {
  const fields = {
    user: userField,
    place: f.optional(f.record({ latitude: f.number({ min: -90, max: 90 }) })),
    media: f.list(f.record({ id: f.id }), { countMax: 4 }),
  }
  expect(describeFields(fields).map(({ path, isOptional }) => [path, isOptional])).toEqual([
    ['user', false],
    ['place', true],
    ['place.latitude', false],
    ['media', false],
    ['media[].id', false],
  ])
})
