import { describe, expect, test } from 'vitest'
import { collectionsFollowedMax } from '../../../../protocol/limits.ts'
import { momentDeleteHandler } from '../../../../shard/operations/moment-delete.ts'
import { momentFollowHandler } from '../../../../shard/operations/moment-follow.ts'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { fill, notFound, world } from '../../../helpers/collection-world.ts'

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

  test('what was deleted does not count, and gives its place away', () => {
    const { shard, ada, dan, moment } = world()
    const gone = [moment(), moment()]
    for (const momentId of gone) shard.ask(momentFollowHandler, dan, { momentId })
    const kept = moment()
    shard.ask(momentFollowHandler, dan, { momentId: kept })
    fill(shard, { kind: 'followedMoments', user: dan, count: collectionsFollowedMax - 3 })
    const momentId = moment()
    const tooMany = { kind: 'failed', error: { code: 'too_large' } }
    expect(shard.call(momentFollowHandler, dan, { momentId })).toMatchObject(tooMany)
    for (const id of gone) shard.ask(momentDeleteHandler, ada, { momentId: id })
    shard.ask(momentFollowHandler, dan, { momentId })
    const followed = shard.state.marks('followedMoments')
    const user = shard.state.users.find(dan)
    expect(followed.length(user)).toBe(collectionsFollowedMax - 1)
    const left = [...gone, kept, momentId].filter((id) => followed.has(user, id))
    expect(left).toEqual([kept, momentId])
    for (const state of [shard.state, shard.replica]) {
      expect(gone.map((id) => state.collections.followersOf(id))).toEqual([0, 0])
    }
  })

  test('of at most so many', () => {
    const { shard, dan, moment } = world()
    fill(shard, { kind: 'followedMoments', user: dan, count: collectionsFollowedMax })
    const followed = shard.call(momentFollowHandler, dan, { momentId: moment() })
    expect(followed).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
  })
})
