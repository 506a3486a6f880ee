import { describe, expect, test } from 'vitest'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionPauseHandler } from '../../../../shard/operations/promotion-pause.ts'
import { promotionResumeHandler } from '../../../../shard/operations/promotion-resume.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.resume', () => {
  test('ends a pause, and nothing else', () => {
    const world = new PromotionWorld()
    world.fill()
    const promotionId = world.promote().id
    const resume = () => world.shard.call(promotionResumeHandler, world.ada, { promotionId })
    const logged = world.shard.log.length
    expect(resume()).toMatchObject({ answer: { promotion: { status: 'active' } } })
    expect(world.shard.log).toHaveLength(logged)
    world.shard.ask(promotionPauseHandler, world.ada, { promotionId })
    expect(resume()).toMatchObject({ answer: { promotion: { status: 'active' } } })
    expect(world.shown(world.alice)).toHaveLength(1)
    world.shard.ask(promotionEndHandler, world.ada, { promotionId })
    expect(resume()).toMatchObject({ kind: 'refused', code: 'ended' })
  })
})
