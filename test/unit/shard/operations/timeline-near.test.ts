import { describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../protocol/ids.ts'
import { timelineNearHandler } from '../../../../shard/operations/timeline-near.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { world } from '../../../helpers/collection-world.ts'
import { stranger } from '../../../helpers/one-shard.ts'

const ely = { latitude: 52.3981, longitude: 0.2622 }
const cambridge = { latitude: 52.2053, longitude: 0.1218 }

describe('timeline.near', () => {
  test('has the tweets from within the circle, newest first', () => {
    const { bob, ada, dan, near, post } = nearWorld()
    const tweets = [post(ada, ely), post(bob, cambridge), post(bob, ely)]
    post(ada)
    expect(near(dan, { ...ely, radiusMeters: 2_000 })).toEqual([tweets[2], tweets[0]])
    expect(near(stranger, { ...ely, radiusMeters: 30_000 })).toEqual([...tweets].reverse())
  })

  test('pages hold each once', () => {
    const { shard, ada, dan, post } = nearWorld()
    const tweets = Array.from({ length: 7 }, (_, number) =>
      post(ada, { latitude: ely.latitude + number / 100, longitude: ely.longitude }),
    )
    const found: number[] = []
    let before: number | undefined
    do {
      const more = before === undefined ? {} : { before }
      const params = { ...ely, radiusMeters: 20_000, limit: 2, ...more }
      const page = shard.ask(timelineNearHandler, dan, params)
      found.push(...page.tweets.map(({ id }) => id))
      before = page.olderCursor
    } while (before !== undefined)
    expect(found).toEqual([...tweets].reverse())
  })

  test('without what is deleted or hidden from the reader (I5)', () => {
    const { shard, ada, bob, cid, dan, block, protect, near, post } = nearWorld()
    const [ofAda, ofBob, gone] = [post(ada, ely), post(bob, ely), post(cid, ely)]
    shard.ask(tweetDeleteHandler, cid, { tweetId: gone })
    expect(near(dan, { ...ely, radiusMeters: 10 })).toEqual([ofBob, ofAda])
    block(bob, dan)
    expect(near(dan, { ...ely, radiusMeters: 10 })).toEqual([ofAda])
    protect(ada)
    expect(near(dan, { ...ely, radiusMeters: 10 })).toEqual([])
    expect(near(ada, { ...ely, radiusMeters: 10 })).toEqual([ofBob, ofAda])
  })
})

function nearWorld() {
  const given = world()
  const { shard } = given
  return {
    ...given,
    post(author: UserId, location?: typeof ely): TweetId {
      const params = { text: 'here', ...(location === undefined ? {} : { location }) }
      return shard.ask(tweetPostHandler, author, params).tweet.id
    },
    near: (reader: UserId, circle: typeof ely & { radiusMeters: number }) =>
      shard.ask(timelineNearHandler, reader, circle).tweets.map(({ id }) => id),
  }
}
