import { describe, expect, test } from 'vitest'
import { promotionGetHandler } from '../../../../shard/operations/promotion-get.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.get', () => {
  test('tells what a promotion has come to, to its advertiser alone', () => {
    const world = new PromotionWorld()
    world.fill()
    const { id } = world.promote()
    for (const entry of world.shown(world.alice)) world.see(world.alice, entry)
    expect(world.now(id)).toMatchObject({ status: 'active', impressions: 1, spentMicros: 100 })
    const others = world.shard.call(promotionGetHandler, world.alice, { promotionId: id })
    expect(others).toMatchObject({ kind: 'absent', field: 'promotionId' })
    const unknown = world.shard.call(promotionGetHandler, world.ada, { promotionId: id + 1 })
    expect(unknown.kind).toBe('absent')
  })
})
