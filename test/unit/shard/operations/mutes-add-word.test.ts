import { describe, expect, test } from 'vitest'
import { mutesAddWord } from '../../../../protocol/operations/mutes-add-word.ts'
import { mutesAddWordHandler } from '../../../../shard/operations/mutes-add-word.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { FoldedText, WordMatcher } from '../../../../shard/state/word-matcher.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

describe('mutes.addWord', () => {
  test('tweets with the word leave the home timeline, and can be read when asked for', () => {
    const shard = new OneShard()
    const [alice, bob] = shard.signUp('alice', 'bob')
    shard.ask(userFollowHandler, alice, { userId: bob })
    const muted = shard.post(bob, 'Look: #ROOK!')
    const [other, own] = [shard.post(bob, 'a rookery'), shard.post(alice, 'my rook')]
    shard.ask(mutesAddWordHandler, alice, { word: 'rook' })
    const { tweets } = shard.ask(timelineHomeHandler, alice, {})
    expect(tweets.map(({ id }) => id)).toEqual([own, other])
    expect(shard.ask(tweetGetHandler, alice, { tweetId: muted }).tweet.id).toBe(muted)
  })

  test('a word is folded when it comes, and there are so many at most', () => {
    const { rule } = mutesAddWord.request.word
    expect(rule?.('  Ｒｏｏｋ   NEST ')).toBe('rook nest')
    expect(rule?.('   ')).toMatchObject({ problem: expect.any(String) })
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    for (let number = 0; number < 200; number++) {
      shard.ask(mutesAddWordHandler, alice, { word: `word${number}` })
    }
    shard.ask(mutesAddWordHandler, alice, { word: 'word7' })
    expect(shard.call(mutesAddWordHandler, alice, { word: 'more' })).toMatchObject({
      error: { code: 'too_large', field: 'word' },
    })
  })

  test('a word that folding makes longer than a word may be is too large', () => {
    const shard = new OneShard()
    const [alice] = shard.signUp('alice')
    const word = String(mutesAddWord.request.word.rule?.('ﷺ'.repeat(100)))
    expect(shard.call(mutesAddWordHandler, alice, { word })).toMatchObject({
      error: { code: 'too_large', field: 'word' },
    })
  })

  test.each([
    ['a rook.', 'rook', true],
    ['ROOK', 'rook', true],
    ['rooks and rook', 'rook', true],
    ['rookery', 'rook', false],
    ['brook', 'rook', false],
    ['a rook\nnest', 'rook nest', true],
    ['東京都に雨', '東京', true],
    ['🐦rook🐦', 'rook', true],
    ['x🐦y', '🐦', true],
    ['Straße', 'straße', true],
  ])('%j has %j: %s', (text, word, has) => {
    expect(new WordMatcher([word]).isIn(new FoldedText(text))).toBe(has)
  })
})
