// Entities beyond the conformance suite: the rules of our own, the offsets, and time. Owned by the
// tests.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractEntities } from '../../../../protocol/text/entities.ts'
import { textUnitsMax } from '../../../../protocol/text/normalize.ts'
import { labelFits } from '../../../../protocol/text/punycode.ts'
import { scanText } from '../../../../protocol/text/scan.ts'
import { weightedLength } from '../../../../protocol/text/weight.ts'

const handles = (text: string) => extractEntities(text).mentions.map((each) => each.handle)
const tags = (text: string) => extractEntities(text).hashtags.map((each) => each.tag)
const urls = (text: string) => extractEntities(text).urls.map((each) => each.url)

describe('mentions', () => {
  test.each<[text: string, expected: string[]]>([
    ['@a, @b; (@c) "@d" @e. @f: @g…', ['a', 'b', 'c', 'd', 'e', 'f', 'g']],
    ['.@user for all to see', ['user']],
    ['＠user in full width', ['user']],
    ['👋@user and 👨‍👩‍👧@other and ❤️@third', ['user', 'other', 'third']],
    ['こんにちは@userさん、你好@other吗', ['user', 'other']],
    ['สวัสดี@userครับ', ['user']],
    ['@exactly_15_char and @sixteen_char_aaa1', ['exactly_15_char']],
    ['write to jose@example.com or josé@example.com', []],
    ['пишите на иван@example.com', []],
    ['first.last+tag@example.com', []],
    ['@user@mastodon.example is elsewhere', []],
    ['user_@name a1@b', []],
    ['smart@user RT@user art@user', ['user']],
    ['@', []],
    ['@@@@', []],
    ['@user/list', ['user']],
    ['the page example.com/@user is theirs', []],
  ])('%s', (text, expected) => {
    expect(handles(text)).toEqual(expected)
  })
})

describe('hashtags', () => {
  test.each<[text: string, expected: string[]]>([
    ['#one,#two;#three', ['one', 'two', 'three']],
    ['＃東京 は#雨 です', ['東京']],
    ['天気 #雨です', ['雨です']],
    ['#สวัสดี ครับ', ['สวัสดี']],
    ['#1 #2026 #1️⃣ #１２', []],
    ['#1st #2026年', ['1st', '2026年']],
    ['1️⃣#first', ['first']],
    ['#a#b ##c', ['c']],
    ['a&#39;s word#tag', []],
    ['#love❤️ #🔥 #fire🔥', ['love', 'fire']],
    ['example.com/#anchor https://example.com/a#b', []],
    ['#test.com', ['test']],
    ['# ', []],
  ])('%s', (text, expected) => {
    expect(tags(text)).toEqual(expected)
  })
})

describe('links', () => {
  test.each<[text: string, expected: string[]]>([
    ['see example.com.', ['example.com']],
    ['(see https://example.com/a_(b)).', ['https://example.com/a_(b)']],
    ['(https://example.com/a)', ['https://example.com/a']],
    ['"https://example.com/a?b=c!"', ['https://example.com/a?b=c']],
    [
      'https://example.com:8080/a and example.com:80',
      ['https://example.com:8080/a', 'example.com:80'],
    ],
    ['HTTPS://EXAMPLE.COM', ['HTTPS://EXAMPLE.COM']],
    ['ftp://example.com javascript:alert(1).com', []],
    ['詳しくはhttps://example.com/aをご覧ください', ['https://example.com/a']],
    ['詳しくはexample.comへ', ['example.com']],
    ['write to a.b@example.com, john.com.x@example.com', []],
    ['read.me-first my.app_config.json a.py', ['a.py']],
    ['1.5 и т.д. e.g. i.e. 3.14 v1.2.3', []],
    ['one.Two', []],
    ['http://МОСКВА.РФ/ http://münchen.de', ['http://МОСКВА.РФ/', 'http://münchen.de']],
    ['http://XN--E1AFMKFD.XN--P1AI', ['http://XN--E1AFMKFD.XN--P1AI']],
    [`http://${'a'.repeat(64)}.com http://${'a'.repeat(63)}.com`, [`http://${'a'.repeat(63)}.com`]],
    ['http://example.com\nhttp://example.org', ['http://example.com', 'http://example.org']],
    ['foo.http://example.com', ['http://example.com']],
    ['https:// https://. https://.com http://a', []],
  ])('%s', (text, expected) => {
    expect(urls(text)).toEqual(expected)
  })

  test('a label is measured as DNS sees it', () => {
    // The longest labels of their kind, and one more: `xn--` and 59 bytes of Punycode.
    expect(labelFits('みんな')).toBe(true)
    expect(labelFits('あ'.repeat(57))).toBe(true)
    expect(labelFits('あ'.repeat(58))).toBe(false)
    expect(labelFits('💩'.repeat(63))).toBe(false)
    expect(labelFits('a'.repeat(63))).toBe(true)
    expect(labelFits('xn--é')).toBe(false)
  })
})

// Pieces that mean something to the scanner, so that random texts reach its corners.
const pieces = [
  'http://',
  'https://',
  'foo',
  '.com',
  '.co.jp',
  '.みんな',
  'xn--',
  '.',
  '-',
  '_',
  '/',
]
  .concat([
    '?',
    '#',
    '＃',
    '@',
    '＠',
    'é',
    'の',
    'и',
    ' ',
    '\n',
    '(',
    ')',
    ',',
    ':',
    '&',
    '$',
    '+',
    'RT',
  ])
  .concat(['😀', '👨‍👩‍👧', '1️⃣', '7', '·', '。', '\u2066', '\ud800', '\udc00', 'a'.repeat(64)])
const text = fc.array(fc.constantFrom(...pieces), { maxLength: 40 }).map((each) => each.join(''))

describe('every text', () => {
  test('has entities in ascending order, apart, at the offsets where they are written', () => {
    fc.assert(
      fc.property(text, (each) => {
        const points = [...each]
        const { mentions, hashtags, urls: links } = extractEntities(each)
        const at = (start: number, end: number) => points.slice(start, end).join('')
        for (const { handle, start, end } of mentions) {
          expect(at(start, end)).toMatch(/^[@＠]/)
          expect(at(start + 1, end)).toBe(handle)
        }
        for (const { tag, start, end } of hashtags) {
          expect(at(start, end)).toMatch(/^[#＃]/)
          expect(at(start + 1, end)).toBe(tag)
        }
        for (const { url, start, end } of links) expect(at(start, end)).toBe(url)
        for (const list of [mentions, hashtags, links]) {
          expect(list.map((one) => one.start)).toEqual(list.map((one) => one.start).sort(ascending))
        }
        const all = [...mentions, ...hashtags, ...links].sort((a, b) => a.start - b.start)
        for (let n = 1; n < all.length; n++) {
          expect(all[n]!.start).toBeGreaterThanOrEqual(all[n - 1]!.end)
        }
      }),
      { numRuns: 2000 },
    )
  })

  test('weighs 23 for each link and is otherwise a sum of its characters', () => {
    fc.assert(
      fc.property(text, (each) => {
        const links = extractEntities(each.normalize('NFC')).urls.length
        const weight = weightedLength(each)
        expect(weight).toBeGreaterThanOrEqual(23 * links)
        expect(weight).toBeLessThanOrEqual(23 * links + 2 * each.length)
      }),
      { numRuns: 2000 },
    )
  })
})

const ascending = (a: number, b: number) => a - b

// Each is repeated to the hard limit: what makes a backtracking expression, or a scan that starts
// over, slow.
const hostile = [
  'a',
  '.',
  'a.',
  'a-',
  '-',
  '@',
  '@a',
  '@aaaaaaaaaaaaaaaa',
  '#',
  '#1',
  '#a#',
  '＃あ',
  ':',
]
  .concat([
    '://',
    'http://',
    'http://a',
    'http://a.',
    'http://-a.',
    'http://あ',
    'http://あ.',
    'a.co',
  ])
  .concat([
    'a.co/',
    'a.co/(',
    'a.co/((',
    'a.co/(a',
    'a.co/(a(',
    'a.co?',
    'a.co?(',
    'a.co+',
    'a.co.',
  ])
  .concat([
    'a.com-',
    'a.みん',
    'a.みんな',
    'a.verm',
    'xn--.',
    'a.xn--',
    'http://xn--é.',
    '(',
    '#😀',
    '😀',
  ])
  .concat([
    '👨‍',
    '🏴󠁧',
    '1️⃣',
    '\u0301',
    'a\u0301',
    '\u1100\u1161',
    '\u0300\u0323',
    '\ufdfa',
    'あ.com',
  ])
  .concat(['RT@', 'rt:@a', '\ud800', '\udc00', '\u202e', '\u200d', 'a.co/!', 'a_b.com', '𝔘.', '#𝔘'])

/**
 * A text that counts how many of its code units are read, so that a test of time needs no clock.
 */
class CountedText extends String {
  unitsRead = 0
  override charCodeAt(at: number): number {
    this.unitsRead++
    return super.charCodeAt(at)
  }
  override codePointAt(at: number): number | undefined {
    this.unitsRead++
    return super.codePointAt(at)
  }
  override slice(start: number, end: number): string {
    this.unitsRead += Math.max(end - start, 0)
    return super.slice(start, end)
  }
  override startsWith(search: string, at: number): boolean {
    this.unitsRead += search.length
    return super.startsWith(search, at)
  }
}

function unitsReadOf(text: string): number {
  const counted = new CountedText(text)
  scanText(counted as unknown as string)
  return counted.unitsRead
}

describe('hostile texts', () => {
  test.each(hostile)('%j, over and over, is read in steps that grow with its length', (piece) => {
    const count = Math.floor(textUnitsMax / piece.length)
    const once = unitsReadOf(piece.repeat(count))
    const tenfold = unitsReadOf(piece.repeat(10 * count))
    expect(once).toBeLessThan(16 * textUnitsMax)
    expect(tenfold).toBeLessThan(11 * once)
  })
})
