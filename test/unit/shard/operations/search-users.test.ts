import { describe, expect, test, vi } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { searchUsersHandler } from '../../../../shard/operations/search-users.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { userCompareSteps, userSearchStepsMax } from '../../../../shard/state/index/limits.ts'
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

  test('looks at so many cards and no more, however many begin alike', () => {
    const { shard, ada, find } = world()
    const cardsMax = userSearchStepsMax / userCompareSteps
    for (let number = 0; number < cardsMax + 500; number++) {
      const id = shard.newId(number % 64) as UserId
      const handle = `bartholo_${number}`
      const of = { name: 'Bartholomea', bio: '', createdAt: 5, protected: false }
      shard.state.users.setCard({ id, handle, ...of })
    }
    shard.ask(userUpdateHandler, ada, { name: 'Bartholomew' })
    const card = vi.spyOn(shard.state.users, 'card')
    expect(find('bartholomew')).toEqual([ada])
    expect(card.mock.calls.length).toBeGreaterThan(cardsMax / 2)
    expect(card.mock.calls.length).toBeLessThanOrEqual(cardsMax)
  })

  test('a card is looked at once, however often its name has changed', () => {
    const { shard, ada, adam, find } = world()
    for (let count = 0; count < 20; count++) {
      for (const name of ['Bartholomea', 'Somebody']) {
        for (const user of [ada, adam]) shard.ask(userUpdateHandler, user, { name })
      }
    }
    const card = vi.spyOn(shard.state.users, 'card')
    expect(find('bartholomew')).toEqual([])
    expect(card).toHaveBeenCalledTimes(2)
  })

  test('what is found by does not grow with edits that change no name', () => {
    const { shard, ada, adam } = world()
    const { people } = shard.state.index
    const { bytes } = people
    let visits = 0
    for (let count = 0; count < 300; count++) {
      shard.ask(userUpdateHandler, count % 2 === 0 ? ada : adam, { bio: `bio ${count}` })
    }
    people.visit(['ad'], () => visits++)
    expect(visits).toBe(2)
    expect(people.bytes).toBe(bytes)
  })
})
