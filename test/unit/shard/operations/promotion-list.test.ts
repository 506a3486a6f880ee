import { describe, expect, test } from 'vitest'
import { idMax } from '../../../../protocol/ids.ts'
import { accountExportHandler } from '../../../../shard/operations/account-export.ts'
import { promotionEndHandler } from '../../../../shard/operations/promotion-end.ts'
import { promotionListHandler } from '../../../../shard/operations/promotion-list.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('promotion.list', () => {
  test('lists the own promotions, the newest first, with what credit is left', () => {
    const world = new PromotionWorld(10_000)
    const [one, two] = [world.promote(), world.promote({ budgetMicros: 3_000 })]
    const list = () => world.shard.ask(promotionListHandler, world.ada, {})
    expect(list()).toEqual({ promotions: [two, one], fundedMicros: 10_000, availableMicros: 6_000 })
    world.shard.ask(promotionEndHandler, world.ada, { promotionId: two.id })
    expect(list().availableMicros).toBe(9_000)
  })

  test('whoever promotes nothing has none', () => {
    const world = new PromotionWorld()
    const none = { promotions: [], fundedMicros: 0, availableMicros: 0 }
    expect(world.shard.ask(promotionListHandler, world.alice, {})).toEqual(none)
  })
})

test('the own promotions are part of what account.export gives', () => {
  const world = new PromotionWorld()
  const promotion = world.promote()
  const cursor = `promotions:${idMax}`
  const page = world.shard.ask(accountExportHandler, world.ada, { cursor })
  expect(page).toEqual({ section: 'promotions', promotions: [promotion] })
})
