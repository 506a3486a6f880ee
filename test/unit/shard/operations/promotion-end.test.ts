import { describe, expect, test } from 'vitest'
import { accountDeleteHandler } from '../../../../shard/operations/account-delete.ts'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionListHandler } from '../../../../shard/operations/promotion-list.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
import { tweetRemoveHandler } from '../../../../shard/operations/tweet-remove.ts'
import { userSuspendHandler } from '../../../../shard/operations/user-suspend.ts'
import { userUnsuspendHandler } from '../../../../shard/operations/user-unsuspend.ts'
import { stranger } from '../../../helpers/one-shard.ts'
import { operator, PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.end', () => {
  test('ends it for ever: what is left of the budget is free, and nothing counts any more', () => {
    const world = new PromotionWorld(1_000)
    world.fill()
    const promotionId = world.promote().id
    const [entry] = world.shown(world.alice)
    world.see(world.alice, entry!)
    const [second] = world.shown(world.alice)
    const end = () => world.shard.ask(promotionEndHandler, world.ada, { promotionId }).promotion
    expect(end()).toMatchObject({ status: 'ended', endedBy: 'advertiser', spentMicros: 100 })
    expect(end().status).toBe('ended')
    expect(world.shown(world.alice)).toEqual([])
    expect(world.see(world.alice, second!).kind).toBe('answered')
    expect(world.now(promotionId).impressions).toBe(1)
    expect(world.shard.ask(promotionListHandler, world.ada, {}).availableMicros).toBe(900)
  })

  const happenings: Readonly<Record<string, (world: PromotionWorld) => void>> = {
    'its tweet is deleted': ({ shard, ada, ad }) => {
      shard.ask(tweetDeleteHandler, ada, { tweetId: ad })
    },
    'its tweet is removed by an operator': ({ shard, ad }) => {
      shard.ask(tweetRemoveHandler, stranger, { tweetId: ad, ...operator })
    },
    'the account is suspended, for however short a time': ({ shard }) => {
      shard.ask(userSuspendHandler, stranger, { handle: 'ada', ...operator })
      shard.ask(userUnsuspendHandler, stranger, { handle: 'ada', ...operator })
    },
  }

  test.each(Object.entries(happenings))('ends when %s', (what, happen) => {
    const endedBy = what.startsWith('its tweet') ? 'tweet' : 'account'
    const world = new PromotionWorld()
    world.fill()
    const { id } = world.promote()
    expect(world.shown(world.alice)).toHaveLength(1)
    happen(world)
    expect(world.shown(world.alice)).toEqual([])
    expect(world.now(id)).toMatchObject({ status: 'ended', endedBy })
    world.shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('goes with the account, whatever is told of it later', () => {
    const world = new PromotionWorld()
    world.fill()
    const { id } = world.promote()
    const [entry] = world.shown(world.alice)
    world.shard.ask(accountDeleteHandler, world.ada, { password: 'secret of ada' })
    expect(world.shown(world.alice)).toEqual([])
    expect(world.see(world.alice, entry!)).toMatchObject({ kind: 'absent' })
    expect(world.shard.state.promotions.find(id)).toBeUndefined()
    expect(world.shard.state.promotions.activeCount).toBe(0)
  })
})
