import { describe, expect, test } from 'vitest'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import { pageGenerationMs } from '../../../../server/limits.ts'
import { PageCache } from '../../../../server/links/page-cache.ts'

const source = {}
const key = { operation: 0x30, params: Uint8Array.of(0x80), source }

describe('a page in the cache', () => {
  test('is found again for what it answers, by its reader, on its connection', () => {
    const cache = new PageCache(1e6)
    const put = cache.put(5, page('head', '1:1'))!
    expect(cache.find(5, key)).toBe(put)
    expect(cache.find(5, { ...key, params: Uint8Array.of(0x80) })).toBe(put)
    expect(cache.find(6, key)).toBeUndefined()
    for (const other of [{ operation: 0x31 }, { params: Uint8Array.of(0x81) }, { source: {} }]) {
      expect(cache.find(5, { ...key, ...other })).toBeUndefined()
    }
  })

  test('is a copy, as what it came in is used again', () => {
    const cache = new PageCache(1e6)
    const given = { ...page('head', '1:1'), params: Uint8Array.of(0x80) }
    const put = cache.put(5, given)!
    const bytes = Buffer.from(given.result)
    given.result.fill(0)
    given.params.fill(0)
    expect(cache.find(5, key)).toBe(put)
    expect(put.endedWith(text('1:1'))).toEqual(bytes)
  })

  test('ends as it is said, and an answer that was given stays as it is', () => {
    const put = new PageCache(1e6).put(5, page('head', '1:9'))!
    const first = put.endedWith(text('1:9'))
    expect(put.endedWith(text('1:9'))).toBe(first)
    const second = put.endedWith(text('1:10'))
    expect(second).toEqual(Buffer.concat([Buffer.from('head'), text('1:10')]))
    expect(first).toEqual(Buffer.concat([Buffer.from('head'), text('1:9')]))
    expect(put.endedWith(text('1:10'))).toBe(second)
  })

  test('is made into JSON once, whatever it ends with', () => {
    const put = new PageCache(1e6).put(5, page('head', '1:9'))!
    let made = 0
    const json = (position: string) => {
      put.endedWith(text(position))
      return put.json(() => {
        made++
        const body = Buffer.from(`{"tweets":[],"position":${JSON.stringify(position)}}`)
        return { body, olderCursor: '17' }
      })
    }
    for (const position of ['1:9', '1:9', '1:10', 'é"2:11', '1:9']) {
      const { body, olderCursor } = json(position)
      expect(JSON.parse(body.toString())).toEqual({ tweets: [], position })
      expect(olderCursor).toBe('17')
    }
    expect(made).toBe(1)
  })
})

describe('the cache', () => {
  test('stays within its budget, and keeps what is used', () => {
    const cache = new PageCache(100_000)
    const large = 'x'.repeat(2_000)
    for (let reader = 0; reader < 1_000; reader++) {
      cache.put(reader, page(large, '1:1'))
      expect(cache.find(0, key)).toBeDefined()
      expect(cache.bytes).toBeLessThan(105_000)
    }
    expect(cache.find(1, key)).toBeUndefined()
    expect(cache.find(999, key)).toBeDefined()
  })

  test('counts each page once, with its JSON, wherever it goes', () => {
    const cache = new PageCache(1e6)
    const make = () => ({ body: Buffer.from('"12345678901:1"}'), olderCursor: undefined })
    const empty = cache.bytes
    const first = cache.put(5, page('head', '1:1'))!
    first.json(make)
    const one = cache.bytes
    // Another page of the same reader takes its place, and whoever still has the old one changes nothing.
    cache.put(5, page('head', '1:1'))!.json(make)
    first.json(make)
    expect(cache.bytes).toBe(one)
    cache.sweep(Infinity)
    expect(cache.bytes).toBe(one)
    expect(cache.find(5, key)).toBeDefined()
    expect(cache.bytes).toBe(one)
    cache.sweep(Infinity)
    cache.sweep(Infinity)
    expect(cache.bytes).toBe(empty)
  })

  test('forgets in time what nobody reads', () => {
    const cache = new PageCache(1e6)
    const startMs = performance.now()
    cache.put(5, page('head', '1:1'))
    cache.sweep(startMs + pageGenerationMs / 2)
    cache.sweep(startMs + pageGenerationMs + 1_000)
    expect(cache.find(5, key)).toBeDefined()
    cache.sweep(startMs + 2 * pageGenerationMs + 2_000)
    cache.sweep(startMs + 3 * pageGenerationMs + 3_000)
    expect(cache.find(5, key)).toBeUndefined()
  })

  test('keeps a page for whom comes again, for a while', () => {
    const cache = new PageCache(1e6)
    expect(cache.isWorth(5)).toBe(false)
    expect(cache.isWorth(6)).toBe(false)
    expect(cache.isWorth(5)).toBe(true)
    // The page of that read may be under way.
    expect(cache.isWorth(5)).toBe(false)
    cache.sweep(Infinity)
    expect(cache.isWorth(6)).toBe(true)
    cache.sweep(Infinity)
    cache.sweep(Infinity)
    expect(cache.isWorth(6)).toBe(false)
    for (let reader = 10; reader < 100_000; reader++) cache.isWorth(reader)
    expect(cache.bytes).toBeLessThan(1e6)
    expect(cache.isWorth(6)).toBe(false)
  })

  test('keeps ever fewer pages of a reader for whom they are always others', () => {
    const cache = new PageCache(1e6)
    /** What a read does, whose page is another one each time. */
    const read = (): boolean => {
      const asked = cache.find(5, key)
      if (asked === undefined && !cache.isWorth(5)) return false
      cache.put(5, page('head', '1:1'), asked)
      return true
    }
    const kept = Array.from({ length: 1_000 }, read)
    expect(kept.slice(0, 10)).toContain(true)
    expect(kept.filter((is) => is).length).toBeLessThan(1_000 / 20)
    // As soon as one was of use, the next ones are kept again.
    while (cache.find(5, key) === undefined) read()
    cache.hit(5, cache.find(5, key)!)
    expect(cache.put(5, page('head', '1:1'), cache.find(5, key))).toBeDefined()
    expect(cache.put(5, page('head', '1:1'), cache.find(5, key))).toBeUndefined()
    const reads = Array.from({ length: 4 }, read)
    expect(reads).toContain(true)
  })

  test('keeps none for who asks for one thing and another in turns', () => {
    const cache = new PageCache(1e6)
    const other = { ...page('head', '1:1'), params: Uint8Array.of(0x81) }
    expect(cache.put(5, page('head', '1:1'))).toBeDefined()
    expect(cache.put(5, other)).toBeUndefined()
    expect(cache.find(5, key)).toBeUndefined()
    // Two requests under way at once are no such turns.
    expect(cache.put(6, page('head', '1:1'))).toBeDefined()
    expect(cache.put(6, page('head', '1:1'))).toBeDefined()
  })

  test('is off without a budget', () => {
    expect(new PageCache(0).isOn).toBe(false)
    expect(new PageCache(1).isOn).toBe(true)
  })
})

function text(value: string): Buffer {
  const writer = new MessagePackWriter()
  writer.text(value)
  return Buffer.from(writer.copy())
}

function page(head: string, position: string) {
  const tail = text(position)
  const result = Buffer.concat([Buffer.from(head), tail])
  return { ...key, validator: 7, tailBytes: tail.length, result }
}
