// Fields as JSON Schema (draft 2020-12, as OpenAPI 3.1 uses it). Follows the JSON notation: ids are
// decimal strings, times are ISO 8601.

import { tweetField, userField } from '../../protocol/entities.ts'
import type { Field, Fields } from '../../protocol/fields.ts'

export type Schema = { readonly [key: string]: unknown }

/** Shapes that have a name of their own in the document. */
const named = new Map<Field, string>([
  [tweetField, 'Tweet'],
  [userField, 'User'],
])

/** The schemas of `components`: the named shapes, and the problem that every error is. */
export function componentSchemas(): Record<string, Schema> {
  const schemas: Record<string, Schema> = { Problem: problemSchema }
  for (const [field, name] of named) {
    if (field.kind === 'record') schemas[name] = recordSchema(field.fields)
  }
  return schemas
}

export function schemaOf(field: Field): Schema {
  const name = named.get(field)
  if (name !== undefined) return { $ref: `#/components/schemas/${name}` }
  const schema = plainSchema(field)
  return field.meaning === undefined ? schema : { ...schema, description: field.meaning }
}

function plainSchema(field: Field): Schema {
  switch (field.kind) {
    case 'optional':
      return schemaOf(field.of)
    case 'id':
      return { type: 'string', pattern: '^[1-9][0-9]{0,15}$' }
    case 'time':
      return { type: 'string', format: 'date-time' }
    case 'boolean':
      return { type: 'boolean' }
    case 'integer':
    case 'number':
      return { type: field.kind, minimum: field.min, maximum: field.max }
    case 'text':
      return {
        type: 'string',
        maxLength: field.lengthMax,
        ...(field.isSecret === true ? { format: 'password' } : {}),
      }
    case 'bytes':
      return { type: 'string', contentEncoding: 'base64' }
    case 'user-reference':
      return { type: 'string', description: 'An id, or a handle such as @name.' }
    case 'list':
      return { type: 'array', items: schemaOf(field.of), maxItems: field.countMax }
    case 'record':
      return recordSchema(field.fields)
  }
}

export function recordSchema(fields: Fields): Schema {
  const names = Object.keys(fields)
  const required = names.filter((name) => fields[name]!.kind !== 'optional')
  return {
    type: 'object',
    properties: Object.fromEntries(names.map((name) => [name, schemaOf(fields[name]!)])),
    ...(required.length === 0 ? {} : { required }),
  }
}

const problemSchema: Schema = {
  type: 'object',
  description: 'RFC 9457 problem details.',
  required: ['type', 'title', 'status', 'detail', 'code', 'retry', 'requestId'],
  properties: {
    type: { type: 'string', format: 'uri' },
    title: { type: 'string' },
    status: { type: 'integer' },
    detail: { type: 'string' },
    code: { type: 'string', description: 'What programs go by.' },
    retry: {
      type: 'string',
      enum: ['never', 'later', 'same'],
      description: 'Give up; send it later; or send the same again, with the same Idempotency-Key.',
    },
    retryAfterMs: { type: 'integer', minimum: 0 },
    field: { type: 'string', description: 'Which parameter is wrong.' },
    requestId: { type: 'string' },
  },
}
