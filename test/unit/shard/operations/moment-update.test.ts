import { describe, expect, test } from 'vitest'
import { momentUpdateHandler } from '../../../../shard/operations/moment-update.ts'
import { forbidden, world } from '../../../helpers/collection-world.ts'

describe('moment.update', () => {
  test('changes what is given, and nothing else', () => {
    const { shard, ada, bob, moment } = world()
    const [first, second] = [shard.post(bob, 'one'), shard.post(bob, 'two')]
    const momentId = moment([first, second])
    const update = (changes: object) =>
      shard.ask(momentUpdateHandler, ada, { momentId, ...changes }).moment
    expect(update({ title: 'Rain' })).toMatchObject({ title: 'Rain', published: true })
    expect(update({ coverTweetId: second })).toMatchObject({ title: 'Rain', coverTweetId: second })
    const logged = shard.log.length
    update({ coverTweetId: second, title: 'Rain' })
    expect(shard.log).toHaveLength(logged)
  })

  test('the cover is one of its tweets', () => {
    const { shard, ada, bob, moment } = world()
    const momentId = moment()
    const coverTweetId = shard.post(bob, 'one')
    const updated = shard.call(momentUpdateHandler, ada, { momentId, coverTweetId })
    expect(updated).toMatchObject({ kind: 'refused', code: 'not_in_moment' })
  })

  test('is for the owner alone', () => {
    const { shard, dan, moment } = world()
    const updated = shard.call(momentUpdateHandler, dan, { momentId: moment(), title: 'Mine' })
    expect(updated).toMatchObject(forbidden('momentId'))
  })
})
