import { describe, expect, test } from 'vitest'
import { collectionsFollowedMax } from '../../../../protocol/limits.ts'
import { momentFollowHandler } from '../../../../shard/operations/moment-follow.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'

describe('moment.follow', () => {
  test('is counted once', () => {
    const { shard, dan, moment } = world()
    const momentId = moment()
    for (let time = 0; time < 2; time++) {
      expect(shard.ask(momentFollowHandler, dan, { momentId })).toEqual({})
      const { counts, viewer } = shard.ask(momentGetHandler, dan, { momentId }).moment
      expect({ counts, viewer }).toMatchObject({
        counts: { followers: 1 },
        viewer: { following: true },
      })
    }
  })

  test("not of a moment of one's own, and not of one that is not published", () => {
    const { shard, ada, dan, moment } = world()
    const own = shard.call(momentFollowHandler, ada, { momentId: moment() })
    expect(own).toMatchObject({ kind: 'refused', code: 'cannot_follow_own' })
    const momentId = moment([], { published: false })
    expect(shard.call(momentFollowHandler, dan, { momentId })).toMatchObject(notFound('momentId'))
  })

  test('of at most so many', () => {
    const { shard, dan, moment } = world()
    const { marked, users } = shard.state
    for (let count = 0; count < collectionsFollowedMax; count++) {
      marked.add('followedMoments', users.find(dan), shard.newId(3))
    }
    const followed = shard.call(momentFollowHandler, dan, { momentId: moment() })
    expect(followed).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
  })
})
