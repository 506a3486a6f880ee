import { describe, expect, test } from 'vitest'
import { momentDeleteHandler } from '../../../../shard/operations/moment-delete.ts'
import { momentFollowHandler } from '../../../../shard/operations/moment-follow.ts'
import { momentsFollowedHandler } from '../../../../shard/operations/moments-followed.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('moments.followed', () => {
  test('has those that are there, the newest first, with their owners', () => {
    const { shard, ada, dan, moment } = world()
    const made = [moment(), moment(), moment()]
    for (const momentId of made) shard.ask(momentFollowHandler, dan, { momentId })
    shard.ask(momentDeleteHandler, ada, { momentId: made[1]! })
    const page = shard.ask(momentsFollowedHandler, dan, {})
    expect(page.moments.map(({ id }) => id)).toEqual([made[2], made[0]])
    expect(page.users).toMatchObject([{ id: ada }])
  })
})
