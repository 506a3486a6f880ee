import { describe, expect, test } from 'vitest'
import { momentDeleteHandler } from '../../../../shard/operations/moment-delete.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { tweetGetHandler } from '../../../../shard/operations/tweet-get.ts'
import { forbidden, world } from '../../../helpers/collection-world.ts'

describe('moment.delete', () => {
  test('the moment is gone, its tweets are not', () => {
    const { shard, ada, bob, dan, moment } = world()
    const tweetId = shard.post(bob, 'one')
    const momentId = moment([tweetId])
    expect(shard.ask(momentDeleteHandler, ada, { momentId })).toEqual({})
    expect(shard.call(momentGetHandler, dan, { momentId })).toMatchObject({ kind: 'absent' })
    expect(shard.ask(tweetGetHandler, dan, { tweetId }).tweet.id).toBe(tweetId)
  })

  test('is for the owner alone', () => {
    const { shard, dan, moment } = world()
    const deleted = shard.call(momentDeleteHandler, dan, { momentId: moment() })
    expect(deleted).toMatchObject(forbidden('momentId'))
  })
})
