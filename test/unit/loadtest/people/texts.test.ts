// The texts that the load tool posts: valid by the server's rules, whose weight they count on their own.

import { describe, expect, test } from 'vitest'
import { TextGenerator } from '../../../../loadtest/people/texts.ts'
import { emojis, scripts } from '../../../../loadtest/people/words.ts'
import { Random } from '../../../../loadtest/std/random.ts'
import { extractEntities } from '../../../../protocol/text/entities.ts'
import { checkTweetText } from '../../../../protocol/text/normalize.ts'
import { weightedLength } from '../../../../protocol/text/weight.ts'

const handles = ['u1', 'u23', 'A_long_handle15']
const textsOf = (seed: string, count: number) => {
  const generator = new TextGenerator(new Random(seed), handles)
  return Array.from({ length: count }, () => generator.next())
}

describe('a generated text', () => {
  test('is taken by the server as it is', () => {
    for (const text of textsOf('valid', 3_000)) {
      expect(checkTweetText(text), JSON.stringify(text)).toEqual({ ok: true, text })
      expect(text.trim()).toBe(text)
    }
  })

  test('has exactly the weight that was asked for', () => {
    const generator = new TextGenerator(new Random('weights'), handles)
    for (let weight = 1; weight <= 280; weight++) {
      const text = generator.nextOfWeight(weight)
      expect(weightedLength(text), JSON.stringify(text)).toBe(weight)
    }
  })

  test('follows from the seed', () => {
    expect(textsOf('one', 50)).toEqual(textsOf('one', 50))
    expect(textsOf('one', 50)).not.toEqual(textsOf('two', 50))
  })

  test('needs nobody to mention', () => {
    const generator = new TextGenerator(new Random('alone'), [])
    for (let text = 0; text < 200; text++) expect(generator.next()).not.toContain('@')
  })
})

describe('many texts together', () => {
  const texts = textsOf('many', 3_000)

  test('are of every length, the full one included', () => {
    const weights = texts.map(weightedLength)
    expect(Math.min(...weights)).toBeLessThan(5)
    expect(weights.filter((weight) => weight === 280).length).toBeGreaterThan(100)
    expect(new Set(weights).size).toBeGreaterThan(250)
  })

  test('hold every script, and emoji of every make', () => {
    const all = texts.join(' ')
    for (const { name, words } of scripts) {
      expect(
        words.every((word) => all.includes(word)),
        name,
      ).toBe(true)
    }
    for (const emoji of emojis) expect(all).toContain(emoji)
  })

  test('hold mentions of known handles, hashtags and links', () => {
    const found = texts.map(extractEntities)
    const mentions = found.flatMap((entities) => entities.mentions)
    expect(new Set(mentions.map((mention) => mention.handle))).toEqual(new Set(handles))
    expect(found.flatMap((entities) => entities.hashtags).length).toBeGreaterThan(300)
    expect(found.flatMap((entities) => entities.urls).length).toBeGreaterThan(300)
  })
})
