import { describe, expect, test } from 'vitest'
import { momentGetHandler } from '../../../../shard/operations/moment-get.ts'
import { momentUpdateHandler } from '../../../../shard/operations/moment-update.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { notFound, world } from '../../../helpers/collection-world.ts'

describe('moment.get', () => {
  test("has the tweets in the owner's order, with their authors and the owner", () => {
    const { shard, ada, bob, cid, dan, moment } = world()
    const tweets = [bob, cid, bob].map((author) => shard.post(author, 'rain'))
    const order = [tweets[1]!, tweets[2]!, tweets[0]!]
    const page = shard.ask(momentGetHandler, dan, { momentId: moment(order) })
    expect(page.tweets.map(({ id }) => id)).toEqual(order)
    expect(page.users.map(({ id }) => id).sort()).toEqual([ada, bob, cid].sort())
    expect(page.moment).toMatchObject({ counts: { tweets: 3 }, viewer: { following: false } })
  })

  test('leaves out what is deleted or hidden from the reader, also as the cover (I5)', () => {
    const { shard, ada, bob, cid, dan, block, moment } = world()
    const [ofBob, ofCid, gone] = [bob, cid, cid].map((author) => shard.post(author, 'rain'))
    const momentId = moment([ofBob!, ofCid!, gone!])
    shard.ask(momentUpdateHandler, ada, { momentId, coverTweetId: ofBob! })
    shard.ask(tweetDeleteHandler, cid, { tweetId: gone! })
    block(bob, dan)
    const ofDan = shard.ask(momentGetHandler, dan, { momentId })
    expect(ofDan.tweets).toMatchObject([{ id: ofCid }])
    expect(ofDan.moment.coverTweetId).toBeUndefined()
    const ofAda = shard.ask(momentGetHandler, ada, { momentId })
    expect(ofAda.tweets).toHaveLength(2)
    expect(ofAda.moment.coverTweetId).toBe(ofBob)
  })

  test('is hidden with all that its owner writes (I5)', () => {
    const { shard, dan, ada, protect, moment } = world()
    const momentId = moment()
    protect(ada)
    expect(shard.call(momentGetHandler, dan, { momentId })).toMatchObject(notFound('momentId'))
  })

  test('a list is not a moment', () => {
    const { shard, dan, list } = world()
    expect(shard.call(momentGetHandler, dan, { momentId: list() })).toMatchObject({
      kind: 'absent',
    })
  })
})
