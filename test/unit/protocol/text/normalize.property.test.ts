// What a text, a name, a handle and a profile may be. Owned by the tests.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import {
  checkBio,
  checkHandle,
  checkName,
  checkTweetText,
  textUnitsMax,
} from '../../../../protocol/text/normalize.ts'
import { tweetTextMax, weightedLength } from '../../../../protocol/text/weight.ts'

const accepted = (text: string) => ({ ok: true, text })
const refused = (reason: string) => ({ ok: false, reason })

describe('a tweet', () => {
  test('is kept as written, in NFC, with line feeds', () => {
    expect(checkTweetText('Hello,\n world! ')).toEqual(accepted('Hello,\n world! '))
    expect(checkTweetText('cafe\u0301')).toEqual(accepted('caf\u00e9'))
    expect(checkTweetText('one\r\ntwo\r\n\r\nthree')).toEqual(accepted('one\ntwo\n\nthree'))
    expect(checkTweetText('\u2067שלום\u2069 👨‍👩‍👧')).toEqual(accepted('\u2067שלום\u2069 👨‍👩‍👧'))
  })

  test.each([
    ['nothing', ''],
    ['spaces and line feeds', ' \n\u3000\u00a0\u2003\n'],
    ['zero-width characters', '\u200b\u200d\u2060\u200e'],
    ['variation selectors and fillers', '\ufe0f\u3164\u115f\uffa0'],
    ['a blank Braille cell', '\u2800'],
    ['tags without a flag', '\u{e0061}\u{e007f}'],
    ['direction marks', '\u202a\u202c\u2066\u2069'],
  ])('of %s is empty', (_, text) => {
    expect(checkTweetText(text)).toEqual(refused('empty'))
  })

  test('may weigh 280 and no more', () => {
    expect(checkTweetText('a'.repeat(280)).ok).toBe(true)
    expect(checkTweetText('a'.repeat(281))).toEqual(refused('too_long'))
    expect(checkTweetText('語'.repeat(140)).ok).toBe(true)
    expect(checkTweetText('語'.repeat(141))).toEqual(refused('too_long'))
    expect(checkTweetText('e\u0301'.repeat(280)).ok).toBe(true)
    expect(checkTweetText('👩🏻‍❤️‍💋‍👩🏽'.repeat(140)).ok).toBe(true)
    expect(checkTweetText(`${'\r\n'.repeat(279)}a`).ok).toBe(true)
  })

  test('may put 30 marks on a letter and no more, as these take long to sort', () => {
    expect(checkTweetText(`a${'\u0323'.repeat(30)}`).ok).toBe(true)
    expect(checkTweetText(`a${'\u0323'.repeat(31)}`)).toEqual(refused('too_long'))
    expect(weightedLength(`a${'\u0323'.repeat(31)}`)).toBe(32)
  })

  test('is refused by its length before anything else is looked at', () => {
    expect(checkTweetText('\ud800'.repeat(textUnitsMax))).toEqual(refused('not_unicode'))
    expect(checkTweetText('\ud800'.repeat(textUnitsMax + 1))).toEqual(refused('too_long'))
    expect(checkTweetText(`example.com/${'a'.repeat(textUnitsMax)}`)).toEqual(refused('too_long'))
  })

  test.each(['\0', '\t', '\r', '\x1b', '\x7f', '\x85', '\x9f', '\ufeff', '\n\r'])(
    'may not hold %j',
    (control) => {
      expect(checkTweetText(`a${control}b`)).toEqual(refused('control_character'))
    },
  )

  test.each(['\ud800', '\udc00', '\udc00\ud800', '\ufdd0', '\ufdef', '\ufffe', '\uffff'])(
    '%j is not Unicode',
    (unit) => {
      expect(checkTweetText(`a${unit}b`)).toEqual(refused('not_unicode'))
    },
  )

  test('may not hold a noncharacter of any plane, and may hold its neighbours', () => {
    for (let plane = 1; plane <= 16; plane++) {
      const last = plane * 0x10000 + 0xffff
      expect(checkTweetText(`a${String.fromCodePoint(last)}`)).toEqual(refused('not_unicode'))
      expect(checkTweetText(`a${String.fromCodePoint(last - 1)}`)).toEqual(refused('not_unicode'))
      expect(checkTweetText(`a${String.fromCodePoint(last - 2)}`).ok).toBe(true)
      expect(checkTweetText(`a${String.fromCodePoint(last - 0x400)}`).ok).toBe(true)
    }
  })

  test('once accepted is in NFC, weighs 1 to 280, and is accepted again unchanged', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'binary', maxLength: 300 }), (text) => {
        const checked = checkTweetText(text)
        if (!checked.ok) return
        expect(checked.text).toBe(checked.text.normalize('NFC'))
        expect(weightedLength(checked.text)).toBeGreaterThan(0)
        expect(weightedLength(checked.text)).toBeLessThanOrEqual(tweetTextMax)
        expect(checkTweetText(checked.text)).toEqual(checked)
      }),
      { numRuns: 2000 },
    )
  })

  test('of any code units is answered, never thrown at', () => {
    const units = fc.array(fc.integer({ min: 0, max: 0xffff }), { maxLength: 400 })
    fc.assert(
      fc.property(units, (each) => {
        expect(typeof checkTweetText(String.fromCharCode(...each)).ok).toBe('boolean')
      }),
    )
  })
})

describe('a display name', () => {
  test('is trimmed and in NFC', () => {
    expect(checkName('  Jose\u0301 🐦\n')).toEqual(accepted('Jos\u00e9 🐦'))
    expect(checkName('山田 太郎')).toEqual(accepted('山田 太郎'))
  })

  test('has 1 to 50 code points, or to the limit that is asked for', () => {
    expect(checkName('😀'.repeat(50)).ok).toBe(true)
    expect(checkName('😀'.repeat(51))).toEqual(refused('too_long'))
    expect(checkName('abc', 2)).toEqual(refused('too_long'))
    expect(checkName('')).toEqual(refused('empty'))
    expect(checkName(' \u200b ')).toEqual(refused('empty'))
  })

  test.each(['\u202a', '\u202e', '\u2066', '\u2069', '\n', '\u2028', '\t', '\0'])(
    'may not hold %j, which would change the text around it',
    (character) => {
      expect(checkName(`a${character}b`)).toEqual(refused('control_character'))
    },
  )

  test('is Unicode', () => {
    expect(checkName('a\ud800')).toEqual(refused('not_unicode'))
  })
})

describe('a handle', () => {
  test.each(['a', '_', '0', 'ABCdef_0123456x'])('may be %s', (handle) => {
    expect(checkHandle(handle)).toEqual(accepted(handle))
  })

  test.each([
    ['', 'empty'],
    ['abcdefghijklmnop', 'too_long'],
    ['a-b', 'bad_character'],
    ['@a', 'bad_character'],
    ['é', 'bad_character'],
    ['ａ', 'bad_character'],
    ['a\n', 'bad_character'],
    [' a', 'bad_character'],
  ])('may not be %j: %s', (handle, reason) => {
    expect(checkHandle(handle)).toEqual(refused(reason))
  })
})

describe('the text of a profile', () => {
  test('may be empty, and weighs 160 at most', () => {
    expect(checkBio('')).toEqual(accepted(''))
    expect(checkBio('one\r\ntwo')).toEqual(accepted('one\ntwo'))
    expect(checkBio('a'.repeat(160)).ok).toBe(true)
    expect(checkBio('a'.repeat(161))).toEqual(refused('too_long'))
    expect(checkBio('a\0')).toEqual(refused('control_character'))
  })
})
