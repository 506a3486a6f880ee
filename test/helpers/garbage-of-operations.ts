// Garbage that is almost right: whole requests of each operation with one wrong value, made from the
// definitions; and frames with the shapes that break decoders.

import type { Field, Fields } from '../../protocol/fields.ts'
import { pack } from '../../protocol/frame.ts'
import { clientFrameBytesMax } from '../../protocol/limits.ts'
import type { Operation } from '../../protocol/operation.ts'
import { operationsByCode } from '../../protocol/registry.ts'
import type { Random } from './garbage.ts'
import { garbageBytes, garbageText } from './garbage.ts'

export type Encoding = 'msgpack' | 'json'
export type GarbageFrame = { readonly kind: string; readonly bytes: Buffer }

const operations = [...operationsByCode.values()]
const withFields = operations.filter(({ request }) => Object.keys(request).length > 0)

/** One frame that has to be answered with an error, or its socket closed. */
export function garbageFrame(random: Random, options: { encoding: Encoding; id: number }) {
  const { encoding, id } = options
  const chance = random()
  if (chance < 0.35) {
    const bytes = encoding === 'msgpack' ? garbageBytes(random) : garbageText(random)
    return { kind: 'noise', bytes }
  }
  if (chance < 0.8) return encoded(almostRight(random, id), encoding)
  const shapes = encoding === 'msgpack' ? binaryShapes : textShapes
  const [kind, make] = pick(shapes, random)
  return { kind, bytes: make(random) }
}

/** A request of some operation with one value that its definition does not allow. */
function almostRight(random: Random, id: number): readonly unknown[] {
  const operation = pick(withFields, random)
  const params = plausibleParams(operation)
  const name = pick(Object.keys(operation.request), random)
  params[name] = wrongValue(operation.request[name] as Field, random)
  return [id, operation.name, params]
}

/** Parameters that the definition allows, in MessagePack: what it asks for and nothing else. */
export function plausibleParams(operation: Operation): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(operation.request)
      .filter(([, field]) => field.kind !== 'optional')
      .map(([name, field]) => [name, plausible(field)]),
  )
}

const plausibleTexts = ['plausible', 'home', 'k:1', 'spam', `${'A'.repeat(43)}.jpg`]

function plausible(field: Field): unknown {
  if (field.kind === 'optional') return plausible(field.of)
  if (field.kind === 'text') {
    return plausibleTexts.find((text) => typeof (field.rule?.(text) ?? text) === 'string')
  }
  if (field.kind === 'user-reference') return '@plausible'
  return field.kind === 'list' ? [] : 1
}

/** Never right, whatever the definition says; in either encoding. */
function wrongValue(field: Field, random: Random): unknown {
  if (field.kind === 'optional') return wrongValue(field.of, random)
  const wrong: unknown[] = [[[]], { constructor: { prototype: 1 } }, true, -1, 1.5, 2 ** 63]
  if (field.kind !== 'text' && field.kind !== 'user-reference') wrong.push('', 'x'.repeat(5000))
  else wrong.push('', '\u0000', 'x'.repeat(field.kind === 'text' ? field.lengthMax + 1 : 500))
  if (field.kind === 'record') wrong.push(deepRecord(field.fields))
  return pick(
    wrong.filter((value) => !isAllowed(field, value)),
    random,
  )
}

function deepRecord(fields: Fields): unknown {
  return Object.fromEntries(Object.keys(fields).map((name) => [name, { [name]: [name] }]))
}

/** What is wrong for most fields, and right for a few. */
function isAllowed(field: Field, value: unknown): boolean {
  if (field.kind === 'boolean') return value === true
  if (field.kind === 'number') return typeof value === 'number'
  // What may be left empty, as a location; whether it may, the rule says.
  if (field.kind === 'text' && value === '' && field.rule?.('') === '') return true
  // A password that is tried may be any text, and a handle that nobody has is no garbage.
  return field.kind === 'text' && field.rule === undefined && typeof value === 'string'
}

function encoded(frame: readonly unknown[], encoding: Encoding): GarbageFrame {
  const bytes = encoding === 'msgpack' ? pack(frame) : Buffer.from(JSON.stringify(frame))
  return { kind: `wrong field of ${String(frame[1])}`, bytes }
}

type Shape = readonly [kind: string, make: (random: Random) => Buffer]

const head = (tags: readonly number[], name = 'user.get') =>
  Buffer.concat([Buffer.from([0x93, 1, 0xa0 | name.length]), Buffer.from(name), Buffer.from(tags)])

const binaryShapes: readonly Shape[] = [
  ['five bytes that claim four billion entries', () => Buffer.from('ddffffffff', 'hex')],
  ['five bytes that claim a large map', () => Buffer.from('dfffffffff', 'hex')],
  [
    'bombs inside each other',
    () => Buffer.concat(Array(16).fill(Buffer.from('dd01000000', 'hex'))),
  ],
  ['an oversized frame', (random) => oversized(random, 0x91)],
  ['a record of msgpackr', () => head([0xd4, 0x72, 0x40, 0x91, 0xa1, 0x61, 1])],
  ['an extension', (random) => head([0xc7, 3, Math.floor(random() * 256), 1, 2, 3])],
  ['a date', () => head([0xd6, 0xff, 0, 0, 0, 0])],
  ['raw bytes', () => head([0xc4, 2, 1, 2])],
  [
    'an id beyond all integers',
    () =>
      Buffer.concat([
        Buffer.from('93cfffffffffffffffff', 'hex'),
        pack('user.get'),
        pack({ user: 1 }),
      ]),
  ],
  ['bytes left over', () => Buffer.concat([pack([1, 'user.get', { user: 1 }]), Buffer.from([1])])],
  [
    'more requests than a frame may hold',
    () => pack(Array.from({ length: 65 }, () => [1, 'x', {}])),
  ],
  ['nothing', () => Buffer.alloc(0)],
]

const textShapes: readonly Shape[] = [
  ['an oversized frame', (random) => oversized(random, 0x5b)],
  ['deep arrays', () => Buffer.from('['.repeat(10_000))],
  ['deep objects', () => Buffer.from(`[1,"user.get",${'{"a":'.repeat(500)}1${'}'.repeat(500)}]`)],
  ['__proto__', () => Buffer.from('[1,"user.get",{"__proto__":{"user":"@a"},"constructor":{}}]')],
  ['an operation named like a method', () => Buffer.from('[1,"constructor",{}]')],
  ['an operation named __proto__', () => Buffer.from('[1,"__proto__",{}]')],
  ['a number beyond all', () => Buffer.from(`[${'9'.repeat(400)},"user.get",{}]`)],
  [
    'more requests than a frame may hold',
    () => Buffer.from(JSON.stringify(Array.from({ length: 65 }, () => [1, 'x', {}]))),
  ],
  ['nothing', () => Buffer.alloc(0)],
  ['null', () => Buffer.from('null')],
]

function oversized(random: Random, fill: number): Buffer {
  return Buffer.alloc(clientFrameBytesMax + 1 + Math.floor(random() * clientFrameBytesMax), fill)
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T
}

/** Operations that were met at least once, for a test that wants to have met them all. */
export const operationsWithFields: readonly Operation[] = withFields
