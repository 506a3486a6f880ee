import { describe, expect, test } from 'vitest'
import { listGetHandler } from '../../../../shard/operations/list-get.ts'
import { listUpdateHandler } from '../../../../shard/operations/list-update.ts'
import { forbidden, notFound, world } from '../../../helpers/collection-world.ts'

describe('list.update', () => {
  test('changes what is given, and nothing else', () => {
    const { shard, ada, bob, list } = world()
    const listId = list([bob])
    const { list: edited } = shard.ask(listUpdateHandler, ada, { listId, description: 'Openings' })
    expect(edited).toMatchObject({ name: 'Chess', description: 'Openings', private: false })
    expect(edited.counts.members).toBe(1)
  })

  test('what is the same already is not logged', () => {
    const { shard, ada, list } = world()
    const listId = list()
    const logged = shard.log.length
    shard.ask(listUpdateHandler, ada, { listId, name: 'Chess', private: false })
    expect(shard.log).toHaveLength(logged)
  })

  test('a list that becomes private is gone for everybody else (I5)', () => {
    const { shard, ada, dan, list } = world()
    const listId = list()
    shard.ask(listUpdateHandler, ada, { listId, private: true })
    expect(shard.call(listGetHandler, dan, { listId })).toMatchObject(notFound('listId'))
    expect(shard.ask(listGetHandler, ada, { listId }).list.private).toBe(true)
  })

  test('is for the owner alone', () => {
    const { shard, dan, list } = world()
    const listId = list()
    const edit = shard.call(listUpdateHandler, dan, { listId, name: 'Mine' })
    expect(edit).toMatchObject(forbidden('listId'))
  })
})
