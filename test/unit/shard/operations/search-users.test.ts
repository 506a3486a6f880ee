import { describe, expect, test } from 'vitest'
import { searchUsersHandler } from '../../../../shard/operations/search-users.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const [ada, adam, grace] = shard.signUp('ada', 'Adam_West', 'ghopper')
  shard.ask(userUpdateHandler, grace, { name: 'Grace Hopper-Murray 黒猫' })
  const find = (query: string, reader = stranger) =>
    shard.ask(searchUsersHandler, reader, { query }).users.map(({ id }) => id)
  return { shard, ada, adam, grace, find }
}

describe('search.users', () => {
  test('finds by the beginning of the handle, of its parts, and of each word of the name', () => {
    const { ada, adam, grace, find } = world()
    expect(find('AD').sort()).toEqual([ada, adam].sort())
    expect(find('@adam_w')).toEqual([adam])
    expect(find('west')).toEqual([adam])
    expect(find('hop')).toEqual([grace])
    expect(find('murray gra')).toEqual([grace])
    expect(find('grace west')).toEqual([])
    expect(find('黒')).toEqual([grace])
    expect(find('opper')).toEqual([])
    expect(find('!!')).toEqual([])
  })

  test('a name of more letters than are looked up is compared to its end', () => {
    const { shard, ada, adam, find } = world()
    shard.ask(userUpdateHandler, ada, { name: 'Bartholomew' })
    shard.ask(userUpdateHandler, adam, { name: 'Bartholomea' })
    expect(find('bartholomew')).toEqual([ada])
  })

  test('shows whose handle it is first, then those with most followers', () => {
    const { shard, ada, adam, grace, find } = world()
    shard.ask(userFollowHandler, grace, { userId: adam })
    expect(find('a')).toEqual([adam, ada])
    expect(find('ada')).toEqual([ada, adam])
    expect(shard.ask(searchUsersHandler, grace, { query: 'a', limit: 1 }).users).toHaveLength(1)
  })

  test('a former name finds nobody any more', () => {
    const { shard, grace, find } = world()
    shard.ask(userUpdateHandler, grace, { name: 'Amazing' })
    expect(find('murray')).toEqual([])
    expect(find('amaz')).toEqual([grace])
    expect(find('ghop')).toEqual([grace])
  })

  test('I5: finds nobody across a block', () => {
    const { shard, ada, adam, find } = world()
    shard.ask(userBlockHandler, ada, { userId: adam })
    expect(find('ada', adam)).toEqual([adam])
    expect(find('ada', ada)).toEqual([ada])
  })
})
