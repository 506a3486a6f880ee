// Fields in words: a line for a person who reads docs/protocol.md or an error. The JSON Schema of the
// same fields is the gateway's (OpenAPI is its concern).

import { tweetField, userField } from './entities.ts'
import type { Field, Fields } from './fields.ts'

/** Shapes with a name of their own: a reader meets them once. */
export const namedShapes: ReadonlyMap<Field, string> = new Map<Field, string>([
  [tweetField, 'Tweet'],
  [userField, 'User'],
])

/** One field of a record, with those inside of it, as `entities.mentions[].start`. */
export type DescribedField = {
  readonly path: string
  /** What a value is, with its bound: `text, at most 64 characters`. */
  readonly type: string
  readonly isOptional: boolean
  readonly meaning: string
}

/** What a value of this field may be, in a few words, with its bound. */
export function describeType(field: Field): string {
  const name = namedShapes.get(field)
  if (name !== undefined) return name
  switch (field.kind) {
    case 'optional':
      return describeType(field.of)
    case 'integer':
    case 'number':
      return describeNumber(field)
    case 'text':
      return `text, at most ${field.lengthMax} characters`
    case 'bytes':
      return `bytes, at most ${field.bytesMax}`
    case 'user-reference':
      return 'id, or handle as `@name`'
    case 'list':
      return `list of at most ${field.countMax}: ${describeType(field.of)}`
    default:
      return field.kind
  }
}

function describeNumber(field: { kind: string; min: number; max: number }): string {
  if (field.max === Number.MAX_SAFE_INTEGER) return `${field.kind}, ${field.min} or more`
  return `${field.kind}, ${field.min} to ${field.max}`
}

/** The fields of a record in order, those of unnamed records inside of it right after each. */
export function describeFields(fields: Fields, path = ''): DescribedField[] {
  return Object.entries(fields).flatMap(([name, field]) => {
    const own = path === '' ? name : `${path}.${name}`
    const inner = innermost(field)
    return [
      {
        path: own,
        type: describeType(field),
        isOptional: field.kind === 'optional',
        meaning: meaningOf(field),
      },
      ...(inner.field.kind === 'record' && !namedShapes.has(inner.field)
        ? describeFields(inner.field.fields, `${own}${inner.suffix}`)
        : []),
    ]
  })
}

/** What is inside of options and lists; a list adds `[]` to the path. */
function innermost(field: Field): { field: Field; suffix: string } {
  if (field.kind === 'optional') return innermost(field.of)
  if (field.kind !== 'list') return { field, suffix: '' }
  const inner = innermost(field.of)
  return { field: inner.field, suffix: `[]${inner.suffix}` }
}

/** An option's own meaning, or that of what it holds. */
function meaningOf(field: Field): string {
  if (field.meaning !== undefined) return field.meaning
  return field.kind === 'optional' ? meaningOf(field.of) : ''
}
