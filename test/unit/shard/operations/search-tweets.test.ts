import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { searchTweetsHandler } from '../../../../shard/operations/search-tweets.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

const dayMs = 86_400_000

function world() {
  const shard = new OneShard()
  const [alice, bob] = shard.signUp('alice', 'bob')
  const find = (query: string, reader = stranger): readonly TweetId[] =>
    shard.ask(searchTweetsHandler, reader, { query, limit: 100 }).tweets.map(({ id }) => id)
  return { shard, alice, bob, find }
}

describe('search.tweets', () => {
  test('finds the tweets that have all words, newest first', () => {
    const { shard, alice, bob, find } = world()
    const one = shard.post(alice, 'Rooks nest in tall trees.')
    const two = shard.post(bob, 'The TREES are tall today')
    shard.post(bob, 'tall stories')
    expect(find('tall trees')).toEqual([two, one])
    expect(find('nest')).toEqual([one])
    expect(find('nes')).toEqual([])
  })

  test('a phrase is several words in a row', () => {
    const { shard, alice, find } = world()
    const one = shard.post(alice, 'a flat white, please')
    shard.post(alice, 'white and flat')
    expect(find('"flat white"')).toEqual([one])
    expect(find('flat-white')).toEqual([one])
    expect(find('"flat white')).toEqual([one])
  })

  test('scripts without spaces are found by any part of two letters, accents by what they are', () => {
    const { shard, alice, find } = world()
    const one = shard.post(alice, '東京都の黒猫')
    const two = shard.post(alice, '京都と東京')
    const three = shard.post(alice, 'Crème brûlée ☕')
    expect(find('東京')).toEqual([two, one])
    expect(find('東京都')).toEqual([one])
    expect(find('猫')).toEqual([one])
    expect(find('CRÈME')).toEqual([three])
    expect(find('☕')).toEqual([three])
  })

  test('from:, #tag, @handle, has:media and -', () => {
    const { shard, alice, bob, find } = world()
    const one = shard.post(alice, 'tea for @bob #Tea')
    const two = shard.post(bob, 'tea again #teatime')
    expect(find('tea from:alice')).toEqual([one])
    expect(find('from:@BOB')).toEqual([two])
    expect(find('from:nobody tea')).toEqual([])
    expect(find('#tea')).toEqual([one])
    expect(find('@bob')).toEqual([one])
    expect(find('tea -again')).toEqual([one])
    expect(find('tea -from:alice')).toEqual([two])
    expect(find('-#tea')).toEqual([two])
    expect(find('tea has:media')).toEqual([])
    expect(find('tea -has:media')).toEqual([two, one])
  })

  test('#tag takes all of a tag, and leaves what stands behind it', () => {
    const { shard, alice, find } = world()
    const one = shard.post(alice, 'at last #眠い〜')
    const two = shard.post(alice, 'and #ガールズ・, and #cor·')
    expect(find('#眠い〜')).toEqual([one])
    expect(find('#眠い〜！')).toEqual([one])
    expect(find('#ガールズ・')).toEqual([two])
    expect(find('#cor·,')).toEqual([two])
    expect(find('#眠い')).toEqual([])
    expect(find('#cor·❤️')).toEqual([two])
  })

  test('since: and until: are days in UTC, the second one not included', () => {
    const { shard, alice, find } = world()
    const one = shard.post(alice, 'same words')
    shard.nowMs += dayMs
    const two = shard.post(alice, 'same words')
    const [first, second] = [shard.nowMs - dayMs, shard.nowMs].map((timeMs) =>
      new Date(timeMs).toISOString().slice(0, 10),
    )
    expect(find(`words since:${first}`)).toEqual([two, one])
    expect(find(`words since:${second}`)).toEqual([two])
    expect(find(`until:${second}`)).toEqual([one])
    expect(find(`words until:${first}`)).toEqual([])
  })

  test('what cannot be understood is refused, and says what it is', () => {
    const { shard } = world()
    const queries = [
      '',
      '  ',
      '""',
      'since:yesterday',
      'until:2026-02-30',
      'has:everything',
      'from:',
    ]
    for (const query of [...queries, Array(17).fill('a').join(' ')]) {
      const called = shard.call(searchTweetsHandler, stranger, { query })
      expect(called, query).toMatchObject({
        kind: 'failed',
        error: { code: 'bad_request', field: 'query' },
      })
    }
  })

  test('in order of `top`: the best first, page by page', () => {
    const { shard, alice, bob } = world()
    const posted = Array.from({ length: 6 }, (_, number) => shard.post(alice, `rank ${number}`))
    for (const tweetId of [posted[1]!, posted[3]!])
      shard.ask(tweetFavoriteHandler, bob, { tweetId })
    shard.ask(tweetFavoriteHandler, alice, { tweetId: posted[1]! })
    const expected = [1, 3, 5, 4, 2, 0].map((number) => posted[number]!)
    const found: number[] = []
    for (let before: number | undefined, page = 0; page < 3; page++) {
      const params = {
        query: 'rank',
        order: 'top',
        limit: 2,
        ...(before === undefined ? {} : { before }),
      }
      const answer = shard.ask(searchTweetsHandler, stranger, params)
      found.push(...answer.tweets.map(({ id }) => id))
      before = answer.olderCursor
      expect(before === undefined).toBe(page === 2)
    }
    expect(found).toEqual(expected)
  })

  test('I5: finds nothing that is deleted, hidden, protected or behind a block', () => {
    const { shard, alice, bob, find } = world()
    const tweetId = shard.post(alice, 'secret one')
    const hidden = shard.ask(tweetPostHandler, alice, {
      text: 'secret two',
      visibility: 'followers',
    })
    expect(find('secret', bob)).toEqual([tweetId])
    expect(find('secret', alice)).toEqual([hidden.tweet.id, tweetId])
    shard.ask(userUpdateHandler, alice, { protected: true })
    expect(find('secret', bob)).toEqual([])
    shard.ask(userUpdateHandler, alice, { protected: false })
    shard.ask(userBlockHandler, alice, { userId: bob })
    expect(find('secret', bob)).toEqual([])
    expect(find('secret')).toEqual([tweetId])
    shard.ask(tweetDeleteHandler, alice, { tweetId })
    expect(find('secret')).toEqual([])
  })

  test('ends a page early where what it compares is long, and goes on from there', () => {
    const { shard, alice } = world()
    const wanted = shard.post(alice, 'rook')
    for (let number = 0; number < 200; number++) shard.post(alice, '東京'.repeat(60))
    const query = '-東'
    const first = shard.ask(searchTweetsHandler, stranger, { query })
    expect(first.tweets).toEqual([])
    const before = first.olderCursor as TweetId
    const second = shard.ask(searchTweetsHandler, stranger, { query, before })
    expect(second.tweets.map(({ id }) => id)).toEqual([wanted])
    expect(second.olderCursor).toBeUndefined()
  })

  test('of `top` gives what it has found, and says that it could not look at all', () => {
    const { shard, alice } = world()
    shard.post(alice, 'rook')
    for (let number = 0; number < 200; number++) shard.post(alice, '東京'.repeat(60))
    const newest = [shard.post(alice, 'one rook'), shard.post(alice, 'two rooks')].toReversed()
    const top = (more: object) =>
      shard.ask(searchTweetsHandler, stranger, { query: '-東', order: 'top', ...more })
    const all = top({})
    expect(all).toMatchObject({ tweets: newest.map((id) => ({ id })), partial: true })
    expect(all).not.toHaveProperty('olderCursor')
    const first = top({ limit: 1 })
    expect(first.tweets.map(({ id }) => id)).toEqual([newest[0]])
    const second = top({ limit: 1, before: first.olderCursor as TweetId })
    expect(second.tweets.map(({ id }) => id)).toEqual([newest[1]])
    expect(second).toMatchObject({ partial: true })
    expect(second).not.toHaveProperty('olderCursor')
    const whole = shard.ask(searchTweetsHandler, stranger, { query: 'rook', order: 'top' })
    expect(whole).not.toHaveProperty('partial')
  })

  test('says so while logs have gone on without this process', () => {
    const { shard, alice } = world()
    const tweetId = shard.post(alice, 'a rook')
    const ask = () => shard.ask(searchTweetsHandler, stranger, { query: 'rook' })
    expect(ask()).not.toHaveProperty('partial')
    shard.state.index.isBehind = true
    expect(ask()).toMatchObject({ partial: true, tweets: [{ id: tweetId }] })
    shard.state.index.isBehind = false
    expect(ask()).not.toHaveProperty('partial')
  })

  test('says so while the index is being made, and finds all when it is', () => {
    const { shard, alice } = world()
    const tweets = [shard.post(alice, 'before #t'), shard.post(alice, 'before #t')].reverse()
    const { index } = shard.replica
    index.switchOn()
    const tweetId = shard.post(alice, 'before too')
    expect(index.isWhole).toBe(false)
    for (const _step of index.fill(() => true)) expect(index.isWhole).toBe(false)
    expect(index.isWhole).toBe(true)
    const search = { before: Infinity, since: 0, limit: 9, stepsMax: Infinity, accept: () => true }
    expect(index.tweets.search({ ...search, terms: [] }).ids).toEqual([tweetId, ...tweets])
  })
})
