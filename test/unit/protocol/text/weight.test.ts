// The weight of single characters and emoji, beyond the conformance suite. Owned by the tests.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { extractEntities } from '../../../../protocol/text/entities.ts'
import { weightedLength } from '../../../../protocol/text/weight.ts'

describe('a character', () => {
  test.each([
    [0x0000, 1],
    [0x10ff, 1],
    [0x1100, 2],
    [0x1fff, 2],
    [0x2000, 1],
    [0x200d, 1],
    [0x200e, 2],
    [0x200f, 2],
    [0x2010, 1],
    [0x201f, 1],
    [0x2020, 2],
    [0x2031, 2],
    [0x2032, 1],
    [0x2037, 1],
    [0x2038, 2],
    [0x3042, 2],
    [0xffff, 2],
    [0x10000, 2],
    [0x10ffff, 2],
  ])('U+%s weighs %i', (point, weight) => {
    expect(weightedLength(String.fromCodePoint(point))).toBe(weight)
  })

  test('weighs what its composed form weighs', () => {
    expect(weightedLength('e\u0301')).toBe(1)
    expect(weightedLength('\u1112\u1161\u11ab')).toBe(2)
  })
})

describe('an emoji weighs 2', () => {
  test.each([
    ['of one code point', '😀'],
    ['of the time before emoji', '☺'],
    ['with the mark of emoji style', '❤️'],
    ['with a skin tone', '👋🏽'],
    ['of a family', '👨‍👩‍👧‍👦'],
    ['of a couple with skin tones', '👩🏻‍❤️‍💋‍👩🏽'],
    ['of an occupation, without the mark', '🙋🏽‍♂'],
    ['of a flag', '🇩🇪'],
    ['of a flag with tags', '🏴\u{E0067}\u{E0062}\u{E0073}\u{E0063}\u{E0074}\u{E007F}'],
    ['of a rainbow flag', '🏳️‍🌈'],
    ['of a keycap', '1️⃣'],
    ['of a keycap without the mark', '1\u20e3'],
    ['of a sign that is text otherwise', '©️'],
    ['from the Japanese signs', '㊗️'],
  ])('%s', (_, emoji) => {
    expect(weightedLength(emoji)).toBe(2)
    expect(weightedLength(`a${emoji}b${emoji}`)).toBe(6)
  })

  test('but a chain of more than four joined ones weighs more', () => {
    expect(weightedLength(Array(5).fill('🐱').join('\u200d'))).toBe(2 + 1 + 2)
    expect(weightedLength(Array(100).fill('🐱').join('\u200d'))).toBe(25 * 2 + 24)
  })

  test('and a mark where there is no emoji weighs as a character', () => {
    expect(weightedLength('a\ufe0f')).toBe(3)
    expect(weightedLength('\ufe0f')).toBe(2)
    expect(weightedLength('1\ufe0f')).toBe(3)
    expect(weightedLength('\u20e3')).toBe(2)
    expect(weightedLength('©')).toBe(1)
  })

  test('also behind a link that ends in a digit', () => {
    expect(weightedLength('example.com/1️⃣')).toBe(23 + 2 + 2)
  })
})

describe('a link weighs 23', () => {
  test.each(['a.co', 'example.com', `https://example.com/${'a'.repeat(2000)}`])('%s', (link) => {
    expect(weightedLength(link)).toBe(23)
    expect(weightedLength(`${link} ${link}`)).toBe(47)
  })

  test('only where it is shown as one', () => {
    expect(extractEntities('@user.com #tag.com').urls).toEqual([])
    expect(weightedLength('@user.com #tag.com')).toBe(18)
  })
})

test('the weight of two texts on two lines is the sum of theirs, and of the line feed', () => {
  const line = fc
    .string({ unit: 'grapheme', maxLength: 60 })
    .filter((each) => !/^\p{M}/u.test(each))
  fc.assert(
    fc.property(line, line, (one, other) => {
      expect(weightedLength(`${one}\n${other}`)).toBe(
        weightedLength(one) + 1 + weightedLength(other),
      )
    }),
  )
})
