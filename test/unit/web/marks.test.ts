import { describe, expect, test } from 'vitest'
import type { ErrorBody } from '../../../protocol/errors.ts'
import { failure } from '../../../protocol/errors.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { Entities } from '../../../server/web/store/entities.ts'
import { Marks } from '../../../server/web/store/marks.ts'
import { fakeServer, settled, tweet, user } from './people.ts'

const id = 1 as TweetId
const noCounts = { tweets: 0, followers: 0, following: 0 }
const noRelation = {
  following: false,
  followedBy: false,
  requested: false,
  muting: false,
  blocking: false,
}

function marking() {
  const server = fakeServer()
  const entities = new Entities()
  const refused: ErrorBody[] = []
  const { call } = server
  const marks = new Marks({ call, entities, onRefused: (error) => refused.push(error) })
  entities.learnTweet(tweet(1, { counts: { favorites: 4, retweets: 0, replies: 0 } }))
  entities.learnUser(user(2, { counts: { tweets: 0, followers: 9, following: 0 } }))
  const star = () => {
    const { counts, viewer } = entities.tweet(id) ?? tweet(1)
    return [viewer?.favorited ?? false, counts.favorites]
  }
  const relation = () => entities.user(2 as UserId)
  return { server, entities, refused, marks, star, relation }
}

describe('a favorite', () => {
  test('is there at once, and the server’s count counts', async () => {
    const { server, marks, star } = marking()
    void marks.favorite(id, true)
    expect(star()).toEqual([true, 5])
    server.next().answer({ favorites: 8 })
    await settled()
    expect(star()).toEqual([true, 8])
  })

  test('is taken back if the server refuses, and the reader is told', async () => {
    const { server, marks, star, refused } = marking()
    void marks.favorite(id, true)
    server.next().refuse(failure('not_found'))
    await settled()
    expect(star()).toEqual([false, 4])
    expect(refused.map(({ code }) => code)).toEqual(['not_found'])
  })

  test('ends as the last click said, with one call at a time', async () => {
    const { server, marks, star } = marking()
    void marks.favorite(id, true)
    void marks.favorite(id, false)
    void marks.favorite(id, true)
    void marks.favorite(id, false)
    expect(server.asked).toHaveLength(1)
    expect(star()).toEqual([false, 4])
    server.next().answer({ favorites: 5 })
    await settled()
    const second = server.next()
    expect(second.name).toBe('tweet.unfavorite')
    second.answer({ favorites: 4 })
    await settled()
    expect(star()).toEqual([false, 4])
    expect(server.asked).toHaveLength(0)
  })

  test('keeps what the reader had marked when a push comes without their marks', async () => {
    const { server, entities, marks, star } = marking()
    void marks.favorite(id, true)
    server.next().answer({ favorites: 5 })
    await settled()
    entities.learnTweet(tweet(1, { counts: { favorites: 6, retweets: 0, replies: 0 } }))
    expect(star()).toEqual([true, 6])
  })
})

describe('a follow', () => {
  test('counts at once, and is taken back if refused', async () => {
    const { server, marks, relation } = marking()
    void marks.follow(2 as UserId, true)
    expect(relation()).toMatchObject({ viewer: { following: true }, counts: { followers: 10 } })
    server.next().refuse(failure('forbidden'))
    await settled()
    expect(relation()).toMatchObject({ viewer: { following: false }, counts: { followers: 9 } })
  })

  test('of a protected account is a request', () => {
    const { entities, marks, relation } = marking()
    entities.learnUser(user(2, { protected: true }))
    void marks.follow(2 as UserId, true)
    expect(relation()).toMatchObject({ viewer: { following: false, requested: true } })
  })

  test('of a protected account stays as it was where its end is refused', async () => {
    const { server, entities, marks, relation } = marking()
    const viewer = { ...noRelation, following: true }
    entities.learnUser(user(2, { protected: true, viewer, counts: { ...noCounts, followers: 9 } }))
    void marks.follow(2 as UserId, false)
    expect(relation()).toMatchObject({ viewer: noRelation, counts: { followers: 8 } })
    server.next().refuse(failure('unavailable', { message: 'You are offline.' }))
    await settled()
    expect(relation()).toMatchObject({ viewer, counts: { followers: 9 } })
  })

  test('that was asked for stays so where its withdrawal is refused, also of who is protected no more', async () => {
    const { server, entities, marks, relation } = marking()
    const viewer = { ...noRelation, requested: true }
    entities.learnUser(user(2, { viewer, counts: { ...noCounts, followers: 9 } }))
    void marks.follow(2 as UserId, false)
    server.next().refuse(failure('unavailable', { message: 'You are offline.' }))
    await settled()
    expect(relation()).toMatchObject({ viewer, counts: { followers: 9 } })
  })

  test('goes by what the server said last where clicks follow each other', async () => {
    const { server, entities, marks, relation } = marking()
    const viewer = { ...noRelation, following: true }
    const shy = user(2, { protected: true, viewer, counts: { ...noCounts, followers: 9 } })
    entities.learnUser(shy)
    void marks.follow(2 as UserId, false)
    void marks.follow(2 as UserId, true)
    server.next().answer({ user: { ...shy, viewer: noRelation, counts: noCounts } })
    await settled()
    expect(relation()).toMatchObject({ viewer: { ...noRelation, requested: true } })
    server.next().refuse(failure('forbidden'))
    await settled()
    expect(relation()).toMatchObject({ viewer: noRelation, counts: { followers: 0 } })
  })
})

test('a deleted tweet takes its retweets along, and does not come back by a late page', () => {
  const { entities } = marking()
  entities.learnTweet(tweet(9, { retweetOf: id, text: '' }))
  entities.remove(id)
  entities.learnTweet(tweet(1))
  expect(entities.tweet(id)).toBeUndefined()
  expect(entities.tweet(9 as TweetId)).toBeUndefined()
})
