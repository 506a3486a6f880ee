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

/** One frame of garbage as JSON text; one in twenty is not even text. */
export function garbageText(random: Random): Buffer {
  if (random() < 1 / 20) return randomBytes(random)
  const kinds = [randomText, cutJson, nestedJson, poisonedJson, badTextInJson, hugeNumbers]
  return pick(kinds, random)(random)
}

function pick<T>(items: readonly T[], random: Random): T {
  return items[Math.floor(random() * items.length)] as T
}

function randomBytes(random: Random): Buffer {
  const bytes = Buffer.alloc(1 + Math.floor(random() * sizeMax))
  for (let index = 0; index < bytes.length; index++) bytes[index] = Math.floor(random() * 256)
  return bytes
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

/** Written byte by byte: an object with these keys would cost the test what it must not cost a server. */
function manyKeys(random: Random): Buffer {
  const head = Buffer.from([0x93, 1, 0xa8, ...Buffer.from('user.get'), 0xde, 0x01, 0x90])
  const keys = Buffer.alloc(400 * 8, 0xa6)
  for (let index = 0; index < keys.length; index++) {
    if (index % 8 === 7) keys[index] = 1
    else if (index % 8 > 0) keys[index] = 97 + Math.floor(random() * 26)
  }
  return Buffer.concat([head, keys])
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

function randomText(random: Random): Buffer {
  const characters = Array.from({ length: 1 + Math.floor(random() * 200) }, () =>
    String.fromCodePoint(Math.floor(random() * 0xd800)),
  )
  return Buffer.from(characters.join(''))
}

/** Halves of surrogate pairs, control characters, and quotes that end too early. */
function badTextInJson(random: Random): Buffer {
  const odd = pick(['\\ud800', '\\udfff\\ud800', '\\u0000', '"', '\\', '\\x41'], random)
  return Buffer.from(`[1,"tweet.post",{"text":"${odd}"}]`)
}

function hugeNumbers(random: Random): Buffer {
  const number = pick(
    ['1e999', '-1', '9007199254740993', '1.5', '"1"', 'null', '1'.repeat(400)],
    random,
  )
  return Buffer.from(`[${number},"user.get",{"user":${number}}]`)
}
