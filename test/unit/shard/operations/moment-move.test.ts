import { describe, expect, test } from 'vitest'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentMoveHandler } from '../../../../shard/operations/moment-move.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('moment.move', () => {
  test('moves a tweet to a place, and the others up', () => {
    const { shard, ada, bob, moment } = world()
    const tweets = ['one', 'two', 'three'].map((text) => shard.post(bob, text))
    const momentId = moment(tweets)
    const order = () =>
      shard.ask(momentGetHandler, ada, { momentId }).tweets.map(({ text }) => text)
    shard.ask(momentMoveHandler, ada, { momentId, tweetId: tweets[2]!, place: 0 })
    expect(order()).toEqual(['three', 'one', 'two'])
    shard.ask(momentMoveHandler, ada, { momentId, tweetId: tweets[2]!, place: 100 })
    expect(order()).toEqual(['one', 'two', 'three'])
  })

  test('refuses what is not in the moment', () => {
    const { shard, ada, bob, moment } = world()
    const given = { momentId: moment(), tweetId: shard.post(bob, 'one'), place: 0 }
    const moved = shard.call(momentMoveHandler, ada, given)
    expect(moved).toMatchObject({ kind: 'refused', code: 'not_in_moment' })
  })
})
