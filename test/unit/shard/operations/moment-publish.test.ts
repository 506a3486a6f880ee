import { describe, expect, test } from 'vitest'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentPublishHandler } from '../../../../shard/operations/moment-publish.ts'
import { forbidden, notFound, world } from '../../../helpers/collection-world.ts'

describe('moment.publish', () => {
  test('shows the moment to everybody, once and for all', () => {
    const { shard, ada, dan, moment } = world()
    const momentId = moment([], { published: false })
    expect(shard.call(momentGetHandler, dan, { momentId })).toMatchObject(notFound('momentId'))
    for (let time = 0; time < 2; time++) {
      expect(shard.ask(momentPublishHandler, ada, { momentId }).moment.published).toBe(true)
    }
    expect(shard.ask(momentGetHandler, dan, { momentId }).moment.published).toBe(true)
  })

  test('is for the owner alone', () => {
    const { shard, dan, moment } = world()
    const published = shard.call(momentPublishHandler, dan, { momentId: moment() })
    expect(published).toMatchObject(forbidden('momentId'))
  })
})
