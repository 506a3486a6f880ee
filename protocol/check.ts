// The check at the edge: turns what a client sent into the typed value that a definition promises.
//
// A client's value arrives in one of three notations. Only ids, times and (in a URL) numbers and
// booleans differ between them:
//   message-pack  ids are integers, times are integer milliseconds
//   json          ids are decimal strings, times are ISO 8601 with milliseconds
//   text          the parameters of a URL: every value is a string
// Only declared fields are copied, by name, into a fresh object: a `__proto__` key of a client can
// therefore reach nothing.

import type { Field, Fields, TextField, Values } from './fields.ts'
import { isId, parseId } from './ids.ts'

export type Notation = 'message-pack' | 'json' | 'text'

/** What is wrong, and with which field (`media[2].id`); '' is the request itself. */
export class FieldProblem {
  readonly field: string
  readonly problem: string
  readonly isTooLarge: boolean
  constructor(field: string, problem: string, isTooLarge = false) {
    this.field = field
    this.problem = problem
    this.isTooLarge = isTooLarge
  }
}

/**
 * Checks a client's value against a record of fields.
 * @returns a fresh object with the declared fields only, or the first problem found.
 */
export function checkFields<R extends Fields>(
  fields: R,
  value: unknown,
  notation: Notation,
): Values<R> | FieldProblem {
  return checkRecord(fields, value, notation, '') as Values<R> | FieldProblem
}

function checkRecord(
  fields: Fields,
  value: unknown,
  notation: Notation,
  path: string,
): Record<string, unknown> | FieldProblem {
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    return new FieldProblem(path, 'must be an object')
  }
  const source = value as Record<string, unknown>
  const checked: Record<string, unknown> = {}
  for (const name in fields) {
    const field = fields[name] as Field
    const fieldPath = path === '' ? name : `${path}.${name}`
    const given = Object.hasOwn(source, name) ? source[name] : undefined
    if (given === undefined || (given === null && field.kind === 'optional')) {
      if (field.kind === 'optional') continue
      return new FieldProblem(fieldPath, 'is missing')
    }
    const result = checkValue(field, given, notation, fieldPath)
    if (result instanceof FieldProblem) return result
    checked[name] = result
  }
  for (const name of Object.keys(source)) {
    if (!Object.hasOwn(fields, name)) {
      const shown = name.slice(0, 64)
      return new FieldProblem(path === '' ? shown : `${path}.${shown}`, 'is not a known field')
    }
  }
  return checked
}

function checkValue(field: Field, value: unknown, notation: Notation, path: string): unknown {
  switch (field.kind) {
    case 'optional':
      return checkValue(field.of, value, notation, path)
    case 'id':
      return checkId(value, notation) ?? new FieldProblem(path, idProblem[notation])
    case 'time':
      return checkTime(value, notation) ?? new FieldProblem(path, 'must be a time')
    case 'boolean':
      return checkBoolean(value, notation) ?? new FieldProblem(path, 'must be true or false')
    case 'integer':
    case 'number':
      return checkNumber(field, value, notation, path)
    case 'text':
      return checkText(field, value, path)
    case 'bytes':
      return checkBytes(field, value, path)
    case 'user-reference':
      return checkUserReference(value, path)
    case 'list':
      return checkList(field, value, notation, path)
    case 'record':
      return checkRecord(field.fields, value, notation, path)
  }
}

const idProblem: Record<Notation, string> = {
  'message-pack': 'must be an id: a positive integer',
  json: 'must be an id: a decimal string',
  text: 'must be an id: a decimal number',
}

function checkId(value: unknown, notation: Notation): number | undefined {
  if (notation === 'message-pack') return isId(value) ? value : undefined
  return typeof value === 'string' ? parseId(value) : undefined
}

function checkTime(value: unknown, notation: Notation): number | undefined {
  if (notation === 'message-pack') {
    return typeof value === 'number' && Number.isSafeInteger(value) ? value : undefined
  }
  if (
    typeof value !== 'string' ||
    !/^\d{4}-\d\d-\d\d(T[\d:.]{5,12}(Z|[+-]\d\d:\d\d))?$/.test(value)
  ) {
    return undefined
  }
  const timeMs = Date.parse(value)
  return Number.isNaN(timeMs) ? undefined : timeMs
}

function checkBoolean(value: unknown, notation: Notation): boolean | undefined {
  if (typeof value === 'boolean') return value
  if (notation === 'text' && value === 'true') return true
  if (notation === 'text' && value === 'false') return false
  return undefined
}

function checkNumber(
  field: { kind: 'integer' | 'number'; min: number; max: number },
  value: unknown,
  notation: Notation,
  path: string,
): number | FieldProblem {
  const isNumeral =
    notation === 'text' && typeof value === 'string' && /^-?\d{1,15}(\.\d{1,12})?$/.test(value)
  const given = isNumeral ? Number(value) : value
  const isRight =
    typeof given === 'number' &&
    (field.kind === 'integer' ? Number.isSafeInteger(given) : Number.isFinite(given))
  if (!isRight)
    return new FieldProblem(path, `must be ${field.kind === 'integer' ? 'an integer' : 'a number'}`)
  if (given < field.min || given > field.max) {
    return new FieldProblem(path, `must be between ${field.min} and ${field.max}`)
  }
  return given
}

function checkText(field: TextField, value: unknown, path: string): string | FieldProblem {
  if (typeof value !== 'string') return new FieldProblem(path, 'must be a string')
  if (value.length > field.lengthMax) {
    return new FieldProblem(path, `must have at most ${field.lengthMax} characters`)
  }
  if (field.rule === undefined) return value
  const ruled = field.rule(value)
  return typeof ruled === 'string' ? ruled : new FieldProblem(path, ruled.problem)
}

/** Only an operator's notation has bytes at all: what a client sends is plain. */
function checkBytes(
  field: { bytesMax: number },
  value: unknown,
  path: string,
): Uint8Array | FieldProblem {
  if (!(value instanceof Uint8Array)) return new FieldProblem(path, 'must be bytes')
  if (value.length <= field.bytesMax) return value
  return new FieldProblem(path, `must have at most ${field.bytesMax} bytes`)
}

function checkUserReference(value: unknown, path: string): unknown {
  const text = typeof value === 'number' ? String(value) : value
  if (typeof text === 'string') {
    const id = parseId(text)
    if (id !== undefined) return { id }
    const handle = text.startsWith('@') ? text.slice(1) : text
    if (/^[A-Za-z0-9_]{1,15}$/.test(handle)) return { handle }
  }
  return new FieldProblem(path, 'must be an id, or a handle such as @name')
}

function checkList(
  field: { of: Field; countMax: number },
  value: unknown,
  notation: Notation,
  path: string,
): unknown {
  const items = notation === 'text' && typeof value === 'string' ? value.split(',') : value
  if (!Array.isArray(items)) return new FieldProblem(path, 'must be a list')
  if (items.length > field.countMax) {
    return new FieldProblem(path, `must have at most ${field.countMax} entries`)
  }
  const checked: unknown[] = []
  for (let index = 0; index < items.length; index++) {
    const result = checkValue(field.of, items[index], notation, `${path}[${index}]`)
    if (result instanceof FieldProblem) return result
    checked.push(result)
  }
  return checked
}
