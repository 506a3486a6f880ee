import { describe, expect, test } from 'vitest'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionPauseHandler } from '../../../../shard/operations/promotion-pause.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.pause', () => {
  test('shows it to nobody; what is on a screen already still counts', () => {
    const world = new PromotionWorld()
    world.fill()
    const { id } = world.promote()
    const [entry] = world.shown(world.alice)
    const pause = () => world.shard.ask(promotionPauseHandler, world.ada, { promotionId: id })
    expect(pause().promotion.status).toBe('paused')
    expect(world.shown(world.alice)).toEqual([])
    world.see(world.alice, entry!)
    expect(world.now(id)).toMatchObject({ status: 'paused', impressions: 1 })
    const logged = world.shard.log.length
    expect(pause().promotion.status).toBe('paused')
    expect(world.shard.log).toHaveLength(logged)
  })

  test('what has ended cannot be paused, and nobody pauses what is not theirs', () => {
    const world = new PromotionWorld()
    const promotionId = world.promote().id
    const others = world.shard.call(promotionPauseHandler, world.alice, { promotionId })
    expect(others.kind).toBe('absent')
    const late = world.shard.prepare(promotionPauseHandler, world.ada, { promotionId })
    late.decide()
    world.shard.ask(promotionEndHandler, world.ada, { promotionId })
    expect(late.land()).toMatchObject({ answer: { promotion: { status: 'ended' } } })
    const again = world.shard.call(promotionPauseHandler, world.ada, { promotionId })
    expect(again).toMatchObject({ kind: 'refused', code: 'ended' })
  })
})
