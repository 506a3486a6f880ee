import { describe, expect, test } from 'vitest'
import { MutedWords } from '../../../../shard/state/muted-words.ts'
import { UserFlags } from '../../../../shard/state/users/user-flags.ts'

const [ada, bob] = [1, 2]

describe('muted words', () => {
  test('a text is read once for all words of a reader, and not again for the same tweet', () => {
    const { words, texts } = world(['rain', 'a rook', 'sun'])
    for (let number = 0; number < 200; number++) words.add(ada, `word${number}`)
    words.add(ada, 'rook')
    const isIn = () => [0, 1, 2].map((tweet) => words.isIn(texts, { user: ada, tweet }))
    for (let look = 0; look < 50; look++) expect(isIn()).toEqual([false, true, false])
    expect(texts.readCount).toBe(3)
  })

  test('a text that comes to many readers is read once for all of them', () => {
    const { words, texts } = world(['a rook'])
    words.add(ada, 'rook')
    words.add(bob, 'rain')
    expect(words.isIn(texts, { user: ada, tweet: 0 })).toBe(true)
    expect(words.isIn(texts, { user: bob, tweet: 0 })).toBe(false)
    expect(texts.readCount).toBe(1)
  })

  test('an answer is good until the words change', () => {
    const { words, texts } = world(['rook and rain'])
    const isIn = () => words.isIn(texts, { user: ada, tweet: 0 })
    expect(isIn()).toBe(false)
    words.add(ada, 'sun')
    expect(isIn()).toBe(false)
    words.add(ada, 'rain')
    expect(isIn()).toBe(true)
    words.remove(ada, 'rain')
    expect(isIn()).toBe(false)
    words.add(ada, 'rook')
    expect(isIn()).toBe(true)
    words.clear(ada)
    expect(isIn()).toBe(false)
  })

  test('tweets that share a place among the answers drive each other out and are never mistaken', () => {
    const { words, texts } = world(Array.from({ length: 3_000 }, (_, at) => `n${at % 1_024 === 0}`))
    words.add(ada, 'ntrue')
    for (const tweet of [0, 1_024, 1, 1_025, 2_048, 0, 1, 1_024]) {
      expect(words.isIn(texts, { user: ada, tweet })).toBe(tweet % 1_024 === 0)
    }
  })

  test('what is kept ready stays within its bytes, whoever asks', () => {
    const { words, texts } = world(['a rook'], 16_384)
    for (let user = 0; user < 50; user++) words.add(user, `rook${user % 2 === 0 ? '' : user}`)
    for (const round of [1, 2]) {
      for (let user = 0; user < 50; user++) {
        expect(words.isIn(texts, { user, tweet: 0 }), `round ${round}`).toBe(user % 2 === 0)
      }
      expect(words.readyBytes).toBeLessThanOrEqual(16_384)
    }
  })
})

function world(of: readonly string[], bytesMax?: number) {
  const texts = {
    readCount: 0,
    fieldOf(tweet: number): string {
      texts.readCount++
      return of[tweet]!
    },
  }
  return { words: new MutedWords(new UserFlags(), bytesMax), texts }
}
