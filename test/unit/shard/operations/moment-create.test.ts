import { describe, expect, test } from 'vitest'
import { momentCreateHandler } from '../../../../shard/operations/moment-create.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentsOfUserHandler } from '../../../../shard/operations/moments-of-user.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'

describe('moment.create', () => {
  test('makes a moment that only the owner sees', () => {
    const { shard, ada, dan } = world()
    const { moment } = shard.ask(momentCreateHandler, ada, { title: 'The storm' })
    expect(moment).toMatchObject({ ownerId: ada, title: 'The storm', description: '' })
    expect(moment).toMatchObject({ published: false, counts: { tweets: 0, followers: 0 } })
    const momentId = moment.id
    expect(shard.call(momentGetHandler, dan, { momentId })).toMatchObject(notFound('momentId'))
    expect(shard.ask(momentGetHandler, ada, { momentId }).moment).toEqual(moment)
  })

  test('a cover is its first tweet', () => {
    const { shard, ada, bob } = world()
    const coverTweetId = shard.post(bob, 'thunder')
    const { moment } = shard.ask(momentCreateHandler, ada, { title: 'The storm', coverTweetId })
    expect(moment).toMatchObject({ coverTweetId, counts: { tweets: 1 } })
    const { tweets } = shard.ask(momentGetHandler, ada, { momentId: moment.id })
    expect(tweets).toMatchObject([{ id: coverTweetId }])
  })

  test('not with a cover that the owner cannot see', () => {
    const { shard, ada, bob, block } = world()
    const coverTweetId = shard.post(bob, 'thunder')
    block(bob, ada)
    const made = shard.call(momentCreateHandler, ada, { title: 'The storm', coverTweetId })
    expect(made).toMatchObject(notFound('coverTweetId'))
  })

  test('a retry takes effect once (I2)', () => {
    const { shard, ada } = world()
    const params = { title: 'The storm', operationId: 'key-1' }
    const { moment } = shard.ask(momentCreateHandler, ada, params)
    expect(shard.ask(momentCreateHandler, ada, params).moment).toEqual(moment)
    expect(shard.ask(momentsOfUserHandler, ada, { userId: ada }).moments).toHaveLength(1)
  })
})
