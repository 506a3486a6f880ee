import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../../protocol/ids.ts'
import { MessagePackWriter } from '../../../../../protocol/message-pack.ts'
import type { Body } from '../../../../../shard/state/tweets/tweets.ts'
import { Tweets } from '../../../../../shard/state/tweets/tweets.ts'
import { FakeColdBodies } from '../../../../helpers/fake-cold-bodies.ts'
import { idOf } from '../seeded.ts'

const tweetId = idOf({ ms: 1_000, partition: 3 }) as TweetId
const author = 17

const bodyOf = (id: TweetId, more: Partial<Body> = {}): Body => ({
  id,
  authorId: 9 as UserId,
  text: 'hello',
  createdAt: 5,
  entities: { mentions: [], hashtags: [], urls: [] },
  ...more,
})

describe('tweets', () => {
  test('a tweet is found once its body is there, and keeps the counts that came before', () => {
    const tweets = new Tweets()
    const index = tweets.intern(tweetId)
    tweets.favorites.add(index, 1)
    expect(tweets.find(tweetId)).toBe(-1)
    expect(tweets.isDeleted(tweetId)).toBe(false)
    expect(tweets.put(bodyOf(tweetId), author)).toBe(index)
    expect(tweets.find(tweetId)).toBe(index)
    expect([tweets.idOf(index), tweets.authorOf(index)]).toEqual([tweetId, author])
    expect(tweets.favorites.get(index)).toBe(1)
  })

  test('many at once are those that one by one are, known or not, each once', () => {
    const tweets = new Tweets()
    const ids = [3, 1, 2, 1, 3].map((ms) => idOf({ ms }))
    const known = tweets.intern(ids[1]!)
    const indexes = new Int32Array(ids.length)
    tweets.internMany(new Float64Array(ids), ids.length, indexes)
    expect([...indexes]).toEqual(ids.map((id) => tweets.intern(id)))
    expect(indexes[1]).toBe(known)
    expect(tweets.count).toBe(3)
  })

  test('arrivals count the tweets that have come, in their order, not those only mentioned', () => {
    const tweets = new Tweets()
    const ids = [1, 2, 3].map((ms) => idOf({ ms }) as TweetId)
    tweets.intern(ids[0]!)
    expect([tweets.arrivalCount, tweets.count]).toEqual([0, 1])
    for (const id of [ids[2]!, ids[0]!, ids[1]!]) tweets.put(bodyOf(id), author)
    expect(ids.map((id) => tweets.arrivalOf(tweets.find(id)))).toEqual([2, 3, 1])
    expect([tweets.arrivalCount, tweets.count]).toEqual([3, 3])
  })

  test('a second time it neither arrives nor changes', () => {
    const tweets = new Tweets()
    const index = tweets.put(bodyOf(tweetId), author)
    expect(tweets.put(bodyOf(tweetId, { text: 'another' }), 99)).toBe(index)
    expect(tweets.arrivalCount).toBe(1)
    expect(tweets.fieldOf(index, 'text')).toBe('hello')
    expect(tweets.authorOf(index)).toBe(author)
  })

  test('I5: a deleted one is never found again, whatever comes', () => {
    const tweets = new Tweets()
    tweets.put(bodyOf(tweetId), author)
    tweets.delete(tweetId)
    tweets.delete(tweetId)
    tweets.put(bodyOf(tweetId), author)
    tweets.favorites.add(tweets.intern(tweetId), 1)
    expect(tweets.find(tweetId)).toBe(-1)
    expect(tweets.isDeleted(tweetId)).toBe(true)
  })

  test('what was never there, or only mentioned, cannot be deleted', () => {
    const tweets = new Tweets()
    tweets.delete(tweetId)
    tweets.intern(tweetId)
    tweets.delete(tweetId)
    expect(tweets.isDeleted(tweetId)).toBe(false)
    expect(tweets.put(bodyOf(tweetId), author)).toBe(tweets.find(tweetId))
  })

  test('the memory of a deleted body serves the next one', () => {
    const tweets = new Tweets()
    let bytes = 0
    for (let ms = 1; ms <= 200; ms++) {
      const id = idOf({ ms }) as TweetId
      tweets.put(bodyOf(id), author)
      tweets.delete(id)
      if (ms === 100) bytes = tweets.bodyBytes
    }
    // A body takes about 100 bytes.
    expect(tweets.bodyBytes - bytes).toBeLessThan(100 * 50)
  })

  test('without a cold store every body stays in memory; with one, the budget holds', () => {
    const cold = new FakeColdBodies()
    const [warm, bounded] = [new Tweets(), new Tweets()]
    const bytesMax = 65_536
    bounded.keepWithin({ bytesMax, cold })
    const ids = Array.from({ length: 2_000 }, (_, n) => idOf({ ms: n + 1 }) as TweetId)
    for (const id of ids) {
      for (const tweets of [warm, bounded]) tweets.put(bodyOf(id, { text: `number ${id}` }), author)
      if (bounded.bodyBytes > bytesMax) expect.fail(`${bounded.bodyBytes} bytes`)
    }
    expect(warm.bodyBytes).toBeGreaterThan(200_000)
    expect([warm.coldCount, bounded.coldCount]).toEqual([0, cold.bodies.size])
    for (const id of ids) {
      const [one, other] = [warm, bounded].map((tweets) => {
        const writer = new MessagePackWriter()
        tweets.writeBody(writer, tweets.find(id), 2)
        return writer.copy()
      })
      if (Buffer.compare(one!, other!) !== 0) expect.fail(`tweet ${id}`)
    }
    expect([warm.coldReadCount, bounded.coldReadCount]).toEqual([0, cold.bodies.size])
    expect(bounded.fieldOf(bounded.find(ids[0]!), 'text')).toBe(`number ${ids[0]}`)
  })

  test('I5: a cold tweet that is deleted is gone from the cold store as well', () => {
    const cold = new FakeColdBodies()
    const tweets = new Tweets()
    tweets.keepWithin({ bytesMax: 65_536, cold })
    const ids = Array.from({ length: 1_000 }, (_, n) => idOf({ ms: n + 1 }) as TweetId)
    for (const id of ids) tweets.put(bodyOf(id), author)
    const index = tweets.find(ids[0]!)
    const before = tweets.coldCount
    tweets.delete(ids[0]!)
    tweets.delete(ids[0]!)
    tweets.delete(ids[999]!)
    expect([tweets.coldCount, cold.bodies.size]).toEqual([before - 1, before - 1])
    expect(tweets.find(ids[0]!)).toBe(-1)
    expect(() => tweets.body(index)).toThrow(RangeError)
  })

  test('single fields of a body can be read; one that is absent is undefined', () => {
    const tweets = new Tweets()
    const location = { latitude: 52.5, longitude: -13.4 }
    const inReplyTo = idOf({ ms: 5 }) as TweetId
    const index = tweets.put(bodyOf(tweetId, { inReplyTo, location }), author)
    expect(tweets.fieldOf(index, 'inReplyTo')).toBe(inReplyTo)
    expect(tweets.fieldOf(index, 'location')).toEqual(location)
    expect(tweets.fieldOf(index, 'quoteOf')).toBeUndefined()
    expect(tweets.body(index)[0]).toBe(7)
  })
})
