// Values of every shape that a field allows, for properties: made from the definitions themselves.

import fc from 'fast-check'
import { tweetField, userField } from '../../../protocol/entities.ts'
import type { Field, Fields } from '../../../protocol/fields.ts'
import { idMax } from '../../../protocol/ids.ts'

/** Lists longer than this say nothing new. */
const itemsMax = 4

/** Any value of a field, as a handler would give it to the writer. */
export function anyValue(field: Field): fc.Arbitrary<unknown> {
  switch (field.kind) {
    case 'optional':
      return anyValue(field.of)
    case 'id':
      return fc.integer({ min: 1, max: idMax })
    case 'time':
      return fc.integer({ min: 0, max: 8e15 })
    case 'boolean':
      return fc.boolean()
    case 'integer':
      return fc.integer({ min: field.min, max: field.max })
    case 'number':
      return fc
        .double({ min: field.min, max: field.max, noNaN: true })
        .map((value) => (value === 0 ? 0 : value))
    case 'text':
      return fc.string({ unit: 'grapheme', maxLength: 20 })
    case 'bytes':
      return fc.uint8Array({ maxLength: 300 }).map((bytes) => Buffer.from(bytes))
    case 'user-reference':
      return fc.constant(undefined)
    case 'list':
      return fc.array(anyValue(field.of), { maxLength: Math.min(field.countMax, itemsMax) })
    case 'record':
      return anyRecord(field.fields)
  }
}

/** Any record of these fields; what is optional is there or not. */
export function anyRecord(fields: Fields): fc.Arbitrary<Record<string, unknown>> {
  const all = Object.entries(fields)
  const required = all.filter(([, field]) => field.kind !== 'optional').map(([name]) => name)
  return fc.record(Object.fromEntries(all.map(([name, field]) => [name, anyValue(field)])), {
    requiredKeys: required,
    noNullPrototype: true,
  }) as fc.Arbitrary<Record<string, unknown>>
}

export const tweet = anyValue(tweetField)
export const user = anyValue(userField)
