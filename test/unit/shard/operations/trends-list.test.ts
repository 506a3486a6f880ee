import { describe, expect, test } from 'vitest'
import type { UserId } from '../../../../protocol/ids.ts'
import { trendsListHandler } from '../../../../shard/operations/trends-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { userBlockHandler } from '../../../../shard/operations/user-block.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { OneShard, stranger } from '../../../helpers/one-shard.ts'

function world() {
  const shard = new OneShard()
  const people = shard.signUp('ada', 'bob', 'cleo', 'dan', 'eve')
  const names = (reader: UserId = stranger) =>
    shard.ask(trendsListHandler, reader, {}).trends.map(({ name }) => name)
  return { shard, people, names }
}

describe('trends.list', () => {
  test('names what several people have begun to write about, the steepest first', () => {
    const { shard, people } = world()
    for (const person of people) shard.post(person, 'look: #Eclipse')
    for (const person of people.slice(0, 3)) shard.post(person, '#lunch')
    for (let time = 0; time < 9; time++) shard.post(people[0], '#me')
    expect(shard.ask(trendsListHandler, stranger, {})).toEqual({
      trends: [
        { name: '#Eclipse', kind: 'hashtag', authors: 5 },
        { name: '#lunch', kind: 'hashtag', authors: 3 },
      ],
    })
    expect(shard.ask(trendsListHandler, stranger, { limit: 1 }).trends).toHaveLength(1)
  })

  test('names a tag that ends in a sign which tags may have', () => {
    const { shard, people, names } = world()
    for (const person of people) shard.post(person, 'still #眠い〜')
    expect(names()).toEqual(['#眠い〜'])
  })

  test('forgets in an hour or two', () => {
    const { shard, people, names } = world()
    for (const person of people) shard.post(person, '#Eclipse')
    expect(names()).toEqual(['#Eclipse'])
    shard.nowMs += 2 * 3_600_000
    expect(names()).toEqual([])
  })

  test('I5: what is hidden does not count, and what is gone or across a block is not named', () => {
    const { shard, people, names } = world()
    const [ada, bob, cleo, dan, eve] = people
    shard.ask(userUpdateHandler, ada, { protected: true })
    for (const person of [ada, bob, cleo]) shard.post(person, '#two')
    for (const person of [bob, cleo]) shard.post(person, '#hidden')
    shard.ask(tweetPostHandler, dan, { text: '#hidden', visibility: 'followers' })
    expect(names(eve)).toEqual([])
    const ids = [bob, cleo, dan].map((person) => ({
      person,
      tweetId: shard.post(person, '#three'),
    }))
    expect(names(eve)).toEqual(['#three'])
    shard.ask(userBlockHandler, bob, { userId: eve })
    expect(names(eve)).toEqual([])
    expect(names()).toEqual(['#three'])
    shard.ask(tweetDeleteHandler, dan, { tweetId: ids[2]!.tweetId })
    expect(names()).toEqual([])
  })
})
