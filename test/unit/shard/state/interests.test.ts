import { expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { tweetFavoriteHandler } from '../../../../shard/operations/tweet-favorite.ts'
import { tweetUnfavoriteHandler } from '../../../../shard/operations/tweet-unfavorite.ts'
import { interestsFromMax } from '../../../../shard/state/interests.ts'
import { OneShard } from '../../../helpers/one-shard.ts'

test('a favorite in the place of another one counts, whichever tweets are older', () => {
  const { post, favorite, unfavorite, tags } = world()
  const [rooks, crows, last] = [post('#rooks'), post('#crows'), post('nothing')]
  favorite(rooks)
  favorite(last)
  expect(tags()).toEqual(['rooks'])
  unfavorite(rooks)
  favorite(crows)
  expect(tags()).toEqual(['crows'])
})

test('the favorites that were marked last count, not those of the newest tweets', () => {
  const { post, favorite, tags } = world()
  const [rooks, crows] = [post('#rooks'), post('#crows')]
  favorite(crows)
  for (let count = 1; count < interestsFromMax; count++) favorite(post('nothing'))
  expect(tags()).toEqual(['crows'])
  favorite(rooks)
  expect(tags()).toEqual(['rooks'])
})

function world() {
  const shard = new OneShard()
  const [ada, bob] = shard.signUp('ada', 'bob')
  return {
    post: (text: string) => shard.post(bob, text),
    favorite: (tweetId: TweetId) => shard.ask(tweetFavoriteHandler, ada, { tweetId }),
    unfavorite: (tweetId: TweetId) => shard.ask(tweetUnfavoriteHandler, ada, { tweetId }),
    tags: () => [...shard.state.interests.of(shard.state.users.find(ada)).tags],
  }
}
