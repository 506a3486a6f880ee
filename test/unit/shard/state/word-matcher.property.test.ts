import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldWord } from '../../../../protocol/text/fold-word.ts'
import { FoldedText, WordMatcher } from '../../../../shard/state/word-matcher.ts'

describe('a word matcher', () => {
  test('finds in one pass what looking for each word by itself finds', () => {
    // Few characters, so that words are beginnings, ends and parts of one another.
    const part = fc.constantFrom(
      'a',
      'b',
      'A',
      'ﬁ',
      '_',
      ' ',
      '  ',
      '#',
      'あ',
      '東',
      'é',
      '🐦',
      '3',
    )
    const text = fc.array(part, { maxLength: 24 }).map((parts) => parts.join(''))
    const word = fc
      .array(part, { minLength: 1, maxLength: 6 })
      .map((parts) => foldWord(parts.join('')))
      .filter((folded) => folded !== '')
    fc.assert(
      fc.property(text, fc.array(word, { minLength: 1, maxLength: 8 }), (given, words) => {
        const isIn = new WordMatcher(words).isIn(new FoldedText(given))
        expect(isIn).toBe(words.some((one) => hasWord(given, one)))
      }),
      { numRuns: 3_000 },
    )
  })

  test('words that are all alike but for their ends cost no more than one', () => {
    const words = Array.from({ length: 100 }, (_, length) => `${'a'.repeat(length + 1)}`)
    const matcher = new WordMatcher(words)
    expect(matcher.nodeCount).toBe(101)
    expect(matcher.isIn(new FoldedText(`b${'a'.repeat(279)}`))).toBe(false)
    expect(matcher.isIn(new FoldedText(`b${'a'.repeat(200)} aaa`))).toBe(true)
  })
})

const inWord = /[\p{L}\p{M}\p{N}_]/u
const spaceless = /[\p{Script=Han}\p{Script=Hiragana}]/u

/** Word by word and place by place, by characters. */
function hasWord(given: string, word: string): boolean {
  const [text, wanted] = [[...foldWord(given)], [...word]]
  const isBorder = (at: number): boolean => {
    const [left, right] = [text[at - 1] ?? '', text[at] ?? '']
    if (!inWord.test(left) || !inWord.test(right)) return true
    return spaceless.test(left) || spaceless.test(right)
  }
  return text.some((_, at) => {
    const isThere = wanted.every((character, place) => text[at + place] === character)
    return isThere && isBorder(at) && isBorder(at + wanted.length)
  })
}
