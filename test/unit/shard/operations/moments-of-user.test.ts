import { describe, expect, test } from 'vitest'
import { momentsOfUserHandler } from '../../../../shard/operations/moments-of-user.ts'
import { world } from '../../../helpers/collection-world.ts'

describe('moments.ofUser', () => {
  test('the newest comes first, unpublished ones only for themselves (I5)', () => {
    const { shard, ada, dan, moment } = world()
    const made = [moment(), moment([], { published: false }), moment()]
    const seen = (reader: typeof ada) =>
      shard.ask(momentsOfUserHandler, reader, { userId: ada }).moments.map(({ id }) => id)
    expect(seen(ada)).toEqual([...made].reverse())
    expect(seen(dan)).toEqual([made[2], made[0]])
  })
})
