import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { foldText } from '../../../../../protocol/text/case-fold.ts'
import {
  holdTokens,
  termsOf,
  tokensOf,
  tokensPerTextMax,
} from '../../../../../shard/state/index/terms.ts'
import { inTime } from '../../../../helpers/in-time.ts'

const words = (text: string) => tokensOf(text).words

describe('folding', () => {
  test('makes case, width and ligatures one, and both small sigmas', () => {
    expect(foldText('CAFÉ')).toBe(foldText('café'))
    expect(foldText('ｃａｆｅ')).toBe('cafe')
    expect(foldText('STRASSE')).toBe(foldText('straße'))
    expect(foldText('STRAẞE')).toBe(foldText('straße'))
    expect(foldText('ﬁne')).toBe('fine')
    expect(foldText('ΟΔΟΣ')).toBe(foldText('οδος'))
    expect(foldText('İstanbul')).toBe(foldText('i̇stanbul'))
  })

  test('is done after once', () => {
    fc.assert(
      fc.property(fc.string({ unit: 'grapheme' }), (text) => {
        expect(foldText(foldText(text))).toBe(foldText(text))
      }),
    )
  })

  test('is done after once for every character there is', () => {
    const again: string[] = []
    for (let code = 0; code <= 0x10_ffff; code++) {
      const folded = foldText(String.fromCodePoint(code))
      if (foldText(folded) !== folded) again.push(code.toString(16))
    }
    expect(again).toEqual([])
  })
})

describe('tokens', () => {
  test('are the words of scripts with spaces, without what stands around them', () => {
    expect(words("Don't feed the rooks, (please)!")).toEqual([
      'dont',
      'feed',
      'the',
      'rooks',
      'please',
    ])
    expect(words('snake_case x2 2.5')).toEqual(['snake_case', 'x2', '2', '5'])
    expect(words('Привет, мир — नमस्ते مرحبا')).toEqual(['привет', 'мир', 'नमस्ते', 'مرحبا'])
    expect(words("rock 'n' roll’s")).toEqual(['rock', 'n', 'rolls'])
  })

  test('are the letters of scripts without spaces, and pictures', () => {
    expect(words('黒猫とiPhoneで🐈')).toEqual(['黒', '猫', 'と', 'iphone', 'で', '🐈'])
    expect(words('☕️ and 👩‍👧')).toEqual(['☕', 'and', '👩', '👧'])
  })

  test('are the same by the short way of plain texts and by the long way', () => {
    const letters = fc.constantFrom('a', 'B', 'z', '0', '_', "'", ' ', '.', '#', '-')
    fc.assert(
      fc.property(fc.string({ unit: letters, maxLength: 80 }), (text) => {
        expect(words(`${text} é`)).toEqual([...words(text), 'é'])
      }),
    )
  })

  test('a mark belongs to the letter before it', () => {
    expect(words('ภาษาไทย').join('')).toBe('ภาษาไทย'.normalize('NFKC'))
    expect(words('กำ')).toHaveLength(words('กา').length)
  })

  test('are bounded, in time that grows with the length only', () => {
    const hostile = [
      "'".repeat(4096),
      'a\u200d'.repeat(2048),
      '\u0301'.repeat(4096),
      '𝔸'.repeat(2048),
    ]
    for (const text of [...hostile, 'ﷺ'.repeat(4096), 'a '.repeat(2048)]) {
      const startMs = performance.now()
      expect(words(text).length).toBeLessThanOrEqual(tokensPerTextMax)
      inTime('cutting a text into terms', performance.now() - startMs, 100)
    }
  })
})

describe('terms', () => {
  test('are words, pairs of letters, and single Han letters', () => {
    expect(termsOf(tokensOf('the 黒猫たち'))).toEqual(['the', '黒', '猫', '黒猫', '猫た', 'たち'])
    expect(termsOf(tokensOf('ね'))).toEqual(['ね'])
  })

  test('of a part of a text are among those of the text', () => {
    const letters = fc.string({
      unit: fc.constantFrom('a', 'b', ' ', '東', '京', '都', 'か'),
      maxLength: 12,
    })
    fc.assert(
      fc.property(letters, letters, letters, (before, part, after) => {
        const wanted = tokensOf(part)
        // One letter of kana alone is found only where it stands alone.
        fc.pre(!/(^|[^東京都か])か($|[^東京都か])/.test(part))
        const whole = tokensOf(`${before} ${part} ${after}`)
        expect(holdTokens(whole.words, wanted.words) || wanted.words.length === 0).toBe(true)
        const all = new Set(termsOf(whole))
        for (const term of termsOf(wanted)) expect(all).toContain(term)
      }),
    )
  })
})
