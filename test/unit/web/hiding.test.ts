import { describe, expect, test } from 'vitest'
import type { Tweet } from '../../../protocol/entities.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { Client } from '../../../server/web/client.ts'
import { FakeSocket } from './fake-socket.ts'
import { tweet, user } from './people.ts'

const [reader, friend, noisy] = [1, 2, 3] as UserId[] as [UserId, UserId, UserId]
const users = [user(reader), user(friend), user(noisy)]

const theirs = tweet(10, { authorId: noisy })
const ofFriend = tweet(11, { authorId: friend })
const retweetByThem = tweet(12, { authorId: noisy, retweetOf: ofFriend.id })
const retweetOfThem = tweet(13, { authorId: friend, retweetOf: theirs.id })
const ownRetweetOfThem = tweet(14, { authorId: reader, retweetOf: theirs.id })
const all = [ownRetweetOfThem, retweetOfThem, retweetByThem, ofFriend, theirs]

/** Somebody to whom each of these tweets has come. */
function reading(tweets: readonly Tweet[]): Client {
  const client = new Client({
    viewerId: reader,
    openSocket: () => new FakeSocket(),
    keeper: { getItem: () => null, setItem: () => undefined, removeItem: () => undefined },
    makeId: () => 'id',
    random: () => 0.5,
    whoseSession: async () => 'this user',
    onSignedOut: () => undefined,
    onOtherUser: () => undefined,
  })
  for (const one of tweets) {
    const referenced = [theirs, ofFriend].filter(({ id }) => id === one.retweetOf)
    client.home.pushed({ tweet: one, users, referenced, position: 'e:1' } as never)
  }
  return client
}

describe('whoever is muted', () => {
  test('is gone from what waits, with their retweets and with retweets of them, but for one’s own', () => {
    const client = reading(all)
    client.hideAuthor(noisy, 'mute')
    expect(client.home.state.value.waiting).toEqual([14, 11])
  })

  test('is gone from what is shown likewise', () => {
    const client = reading(all)
    client.home.showWaiting()
    client.hideAuthor(noisy, 'mute')
    expect(client.home.state.value.shown).toEqual([14, 11])
  })

  test('is gone from the best tweets of home as well', async () => {
    const client = reading(all)
    const ids = all.map(({ id }) => id)
    const best = client.bestOfHome(async () => ({ ids }))
    best.start()
    await Promise.resolve()
    expect(best.state.value.ids).toEqual(ids)
    client.hideAuthor(noisy, 'mute')
    expect(best.state.value.ids).toEqual([14, 11])
  })
})

test('of whoever is blocked not even one’s own retweet stays', () => {
  const client = reading(all)
  client.hideAuthor(noisy, 'block')
  expect(client.home.state.value.waiting).toEqual([11])
  expect(client.entities.tweet(10 as TweetId)).toBeDefined()
})

test('the best tweets are read anew whenever they are asked for', () => {
  const client = reading([])
  const first = client.bestOfHome(async () => ({ ids: [] }))
  expect(client.bestOfHome(async () => ({ ids: [] }))).not.toBe(first)
})
