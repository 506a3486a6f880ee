import { describe, expect, test } from 'vitest'
import { promotionsPerUserMax } from '../../../../protocol/limits.ts'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionPauseHandler } from '../../../../shard/operations/promotion-pause.ts'
import { promotionResumeHandler } from '../../../../shard/operations/promotion-resume.ts'
import { tweetDeleteHandler } from '../../../../shard/operations/tweet-delete.ts'
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

  test('one that has ended and made room meanwhile is not found: nor is it to resume or to end (I10)', () => {
    for (const step of ['pause', 'resume', 'end'] as const) {
      const world = new PromotionWorld()
      const { shard, ada } = world
      const tweetId = shard.post(ada, 'short-lived')
      const promotionId = world.promote({ tweetId }).id
      for (let kept = 1; kept < promotionsPerUserMax; kept++) world.promote()
      if (step === 'resume') shard.ask(promotionPauseHandler, ada, { promotionId })
      const late = {
        pause: () => shard.prepare(promotionPauseHandler, ada, { promotionId }),
        resume: () => shard.prepare(promotionResumeHandler, ada, { promotionId }),
        end: () => shard.prepare(promotionEndHandler, ada, { promotionId }),
      }[step]()
      expect(late.decide().kind).toBe('committed')
      shard.ask(tweetDeleteHandler, ada, { tweetId })
      world.promote()
      expect(late.land()).toMatchObject({ kind: 'failed', error: { code: 'not_found' } })
    }
  })
})
