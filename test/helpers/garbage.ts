// Frames that no client should send: random, cut short, nested, lying about their length, poisoned.

import { pack } from '../../protocol/frame.ts'

export type Random = () => number

/** A small generator of chance with a seed (mulberry32): a failing run can be repeated. */
export function makeRandom(seed: number): Random {
  let state = seed >>> 0
  return () => {
    state = (state + 0x6d2b79f5) >>> 0
    let mixed = Math.imul(state ^ (state >>> 15), state | 1)
    mixed ^= mixed + Math.imul(mixed ^ (mixed >>> 7), mixed | 61)
    return ((mixed ^ (mixed >>> 14)) >>> 0) / 2 ** 32
  }
}

const sizeMax = 2048

/** One frame of garbage in MessagePack. */
export function garbageBytes(random: Random): Buffer {
  const kinds = [
    randomBytes,
    cutShort,
    nestedArrays,
    lengthBomb,
    poisoned,
    badText,
    extension,
    manyKeys,
  ]
  return pick(kinds, random)(random)
}

/** One frame of garbage as JSON text, which is sometimes not even text. */
export function garbageText(random: Random): Buffer {
  const kinds = [randomBytes, cutJson, nestedJson, poisonedJson, badTextInJson, hugeNumbers]
  return pick(kinds, random)(random)
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T
}

function randomBytes(random: Random): Buffer {
  return Buffer.from(
    Array.from({ length: 1 + Math.floor(random() * sizeMax) }, () => Math.floor(random() * 256)),
  )
}

const plausible = [
  [1, 'tweet.post', { text: 'hello', location: { latitude: 1, longitude: 2 }, mediaIds: ['a'] }],
  [
    [1, 'user.get', { user: '@a' }],
    [2, 'timeline.user', { userId: 4096, limit: 3 }],
  ],
  [1, 'session.resume', { token: 'rk_1_x' }],
]

function cutShort(random: Random): Buffer {
  const whole = pack(pick(plausible, random))
  return whole.subarray(0, Math.floor(random() * whole.length))
}

function nestedArrays(random: Random): Buffer {
  const tag = pick([0x91, 0x81, 0xdc], random)
  return Buffer.alloc(10 + Math.floor(random() * sizeMax), tag)
}

/** Arrays, maps and texts that claim up to 4 billion entries. */
function lengthBomb(random: Random): Buffer {
  const head = Buffer.from([
    pick([0xdd, 0xdf, 0xdb, 0xc6, 0xdc, 0xde], random),
    0xff,
    0xff,
    0xff,
    0xff,
  ])
  const bombs = Array.from({ length: 1 + Math.floor(random() * 16) }, () => head)
  return Buffer.concat([Buffer.from([0x93, 1, 0xa8]), Buffer.from('user.get'), ...bombs])
}

function poisoned(random: Random): Buffer {
  const key = pick(['__proto__', 'constructor', 'prototype', 'hasOwnProperty', 'toString'], random)
  const params = Buffer.concat([
    Buffer.from([0x81, 0xa0 | key.length]),
    Buffer.from(key),
    pack({ isAdmin: true, user: 1 }),
  ])
  return Buffer.concat([Buffer.from([0x93, 1, 0xa8]), Buffer.from('user.get'), params])
}

function badText(random: Random): Buffer {
  const bytes = Array.from({ length: 20 }, () => 0x80 + Math.floor(random() * 128))
  const text = Buffer.concat([
    Buffer.from([0xa4]),
    Buffer.from('text'),
    Buffer.from([0xb4, ...bytes]),
  ])
  return Buffer.concat([
    Buffer.from([0x93, 1, 0xaa]),
    Buffer.from('tweet.post'),
    Buffer.from([0x81]),
    text,
  ])
}

/** Extension types, as which decoders make dates, errors, regular expressions and classes. */
function extension(random: Random): Buffer {
  const tag = pick([0xc7, 0xc8, 0xd4, 0xd5, 0xd6, 0xd7, 0xd8], random)
  return Buffer.concat([
    Buffer.from([0x93, 1, 0xa8]),
    Buffer.from('user.get'),
    Buffer.from([tag]),
    randomBytes(random),
  ])
}

function manyKeys(random: Random): Buffer {
  const entries = Array.from({ length: 400 }, () => [String(random()), 1] as const)
  return pack([1, 'user.get', Object.fromEntries(entries)])
}

function cutJson(random: Random): Buffer {
  const whole = JSON.stringify(pick(plausible, random))
  return Buffer.from(whole.slice(0, Math.floor(random() * whole.length)))
}

function nestedJson(random: Random): Buffer {
  return Buffer.from(pick(['[', '{"a":', '[[1,"'], random).repeat(10 + Math.floor(random() * 1000)))
}

function poisonedJson(random: Random): Buffer {
  const key = pick(['__proto__', 'constructor', 'toString'], random)
  return Buffer.from(`[1,"user.get",{"${key}":{"user":"5","isAdmin":true}}]`)
}

function badTextInJson(random: Random): Buffer {
  return Buffer.concat([Buffer.from('[1,"'), randomBytes(random), Buffer.from('",{}]')])
}

function hugeNumbers(random: Random): Buffer {
  const number = pick(
    ['1e999', '-1', '9007199254740993', '1.5', '"1"', 'null', '1'.repeat(400)],
    random,
  )
  return Buffer.from(`[${number},"user.get",{"user":${number}}]`)
}
