import { describe, expect, test } from 'vitest'
import type { TweetId } from '../../../../protocol/ids.ts'
import { timeOfId } from '../../../../protocol/ids.ts'
import { promotionsPerUserMax } from '../../../../protocol/limits.ts'
import { promotionCreateHandler } from '../../../../shard/operations/promotion-create.ts'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionListHandler } from '../../../../shard/operations/promotion-list.ts'
import { tweetPostHandler } from '../../../../shard/operations/tweet-post.ts'
import { tweetRetweetHandler } from '../../../../shard/operations/tweet-retweet.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUpdateHandler } from '../../../../shard/operations/user-update.ts'
import { stranger } from '../../../helpers/one-shard.ts'
import { operator, PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.create', () => {
  test('begins a promotion, as it was asked for, and keeps its key to itself', () => {
    const world = new PromotionWorld()
    const near = { latitude: 52.4, longitude: 0.26, radiusMeters: 5_000 }
    const promotion = world.promote({ hashtags: ['rooks'], near })
    expect(promotion).toEqual({
      ...world.terms({ hashtags: ['rooks'], near }),
      id: promotion.id,
      status: 'active',
      impressions: 0,
      spentMicros: 0,
      createdAt: timeOfId(promotion.id),
    })
    expect(world.now(promotion.id)).toEqual(promotion)
  })

  test('sets its budget aside: nobody promises more than what was credited', () => {
    const world = new PromotionWorld(2_500)
    world.promote()
    const second = world.promote()
    const create = () => world.shard.call(promotionCreateHandler, world.ada, world.terms())
    expect(create()).toMatchObject({ kind: 'refused', code: 'not_funded' })
    const { availableMicros, fundedMicros } = world.shard.ask(promotionListHandler, world.ada, {})
    expect([availableMicros, fundedMicros]).toEqual([500, 2_500])
    world.shard.ask(promotionEndHandler, world.ada, { promotionId: second.id })
    expect(create().kind).toBe('answered')
  })

  test('whoever was credited with nothing promotes nothing', () => {
    const world = new PromotionWorld(0)
    const called = world.shard.call(promotionCreateHandler, world.ada, world.terms())
    expect(called).toMatchObject({ kind: 'refused', code: 'not_funded' })
  })

  test('two at once wait for each other, and for a tweet about to be deleted', () => {
    const world = new PromotionWorld()
    const { claims } = world.shard.prepare(promotionCreateHandler, world.ada, world.terms())
    expect(claims).toEqual([`budgets ${world.ada}`, `tweet ${world.ad}`])
  })

  test('only an own, original tweet that everyone may see, and that is there', () => {
    const world = new PromotionWorld()
    const { shard, ada, bob } = world
    const other = shard.post(bob, 'not hers')
    shard.ask(tweetRetweetHandler, ada, { tweetId: other })
    const { retweetsOf, tweets } = shard.state
    const retweet = retweetsOf.at(tweets.indexOf(other), 0) as TweetId
    const whisper = { text: 'for friends', visibility: 'followers' }
    const forFriends = shard.ask(tweetPostHandler, ada, whisper).tweet.id
    const create = (tweetId: TweetId) =>
      shard.call(promotionCreateHandler, ada, world.terms({ tweetId }))
    expect(create(other)).toMatchObject({ code: 'not_own' })
    expect(create(retweet)).toMatchObject({ code: 'not_public' })
    expect(create(forFriends)).toMatchObject({ code: 'not_public' })
    expect(create((world.ad + 1) as TweetId)).toMatchObject({ kind: 'absent' })
    shard.ask(userUpdateHandler, ada, { protected: true })
    expect(create(world.ad)).toMatchObject({ code: 'not_public' })
  })

  test('a budget pays for one impression at least', () => {
    const world = new PromotionWorld()
    const terms = world.terms({ budgetMicros: 99 })
    const called = world.shard.call(promotionCreateHandler, world.ada, terms)
    expect(called).toMatchObject({ kind: 'refused', code: 'over_budget' })
  })

  test('a retry with the same operation id finds the promotion that it has made (I2)', () => {
    const world = new PromotionWorld(1_000)
    const first = world.promote({ operationId: 'spring' })
    expect(world.promote({ operationId: 'spring' })).toEqual(first)
    expect(world.shard.ask(promotionListHandler, world.ada, {}).promotions).toEqual([first])
  })

  test('one that lands behind the suspension of its account has ended', () => {
    const world = new PromotionWorld()
    const { shard, ada } = world
    const late = shard.prepare(promotionCreateHandler, ada, world.terms())
    late.decide()
    shard.ask(userSuspendHandler, stranger, { handle: 'ada', ...operator })
    const { answer } = late.land() as { answer: { promotion: object } }
    expect(answer.promotion).toMatchObject({ status: 'ended', endedBy: 'account' })
    shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('of so many at a time, the oldest that has ended makes room, or there is none', () => {
    const world = new PromotionWorld()
    const made = Array.from({ length: promotionsPerUserMax }, () =>
      world.promote({ budgetMicros: 100 }),
    )
    const create = () => world.shard.call(promotionCreateHandler, world.ada, world.terms())
    expect(create()).toMatchObject({ kind: 'failed', error: { code: 'too_large' } })
    world.shard.ask(promotionEndHandler, world.ada, { promotionId: made[7]!.id })
    expect(create().kind).toBe('answered')
    const { promotions } = world.shard.ask(promotionListHandler, world.ada, {})
    expect(promotions).toHaveLength(promotionsPerUserMax)
    expect(promotions.map(({ id }) => id)).not.toContain(made[7]!.id)
  })
})
