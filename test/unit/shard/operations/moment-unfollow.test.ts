import { describe, expect, test } from 'vitest'
import { momentFollowHandler } from '../../../../shard/operations/moment-follow.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentUnfollowHandler } from '../../../../shard/operations/moment-unfollow.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('moment.unfollow', () => {
  test('ends the follow, once', () => {
    const { shard, dan, moment } = world()
    const momentId = moment()
    shard.ask(momentFollowHandler, dan, { momentId })
    for (let time = 0; time < 2; time++) {
      expect(shard.ask(momentUnfollowHandler, dan, { momentId })).toEqual({})
      const { counts, viewer } = shard.ask(momentGetHandler, dan, { momentId }).moment
      expect({ counts, viewer }).toMatchObject({
        counts: { followers: 0 },
        viewer: { following: false },
      })
    }
  })
})
