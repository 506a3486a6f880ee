import { describe, expect, test } from 'vitest'
import { partitionOfId } from '../../../../protocol/ids.ts'
import { advertiserFundHandler } from '../../../../shard/operations/advertiser-fund.ts'
import { auditListHandler } from '../../../../shard/operations/audit-list.ts'
import { promotionListHandler } from '../../../../shard/operations/promotion-list.ts'
import { stranger } from '../../../helpers/one-shard.ts'
import { operator, PromotionWorld } from '../../../helpers/promotion-world.ts'

describe('advertiser.fund', () => {
  test('sets the credit in all, and stands in the audit log', () => {
    const world = new PromotionWorld(0)
    const { shard, ada } = world
    const params = { handle: 'Ada', fundedMicros: 5_000, ...operator }
    const funded = { userId: ada, fundedMicros: 5_000 }
    expect(shard.ask(advertiserFundHandler, stranger, params)).toEqual(funded)
    const logged = shard.log.length
    // Being a total, it can be sent again.
    expect(shard.ask(advertiserFundHandler, stranger, params)).toEqual(funded)
    expect(shard.log).toHaveLength(logged)
    const partition = partitionOfId(ada)
    expect(shard.ask(auditListHandler, stranger, { partition }).actions).toMatchObject([
      { action: 'fund', ...operator, userId: ada, fundedMicros: 5_000 },
    ])
  })

  test('below what is set aside it keeps the account from promoting more, and ends nothing', () => {
    const world = new PromotionWorld(5_000)
    const { id } = world.promote()
    world.fund(500)
    expect(world.now(id).status).toBe('active')
    expect(world.shard.ask(promotionListHandler, world.ada, {}).availableMicros).toBe(0)
  })

  test('of nobody, there is nothing to credit', () => {
    const { shard } = new PromotionWorld(0)
    const params = { handle: 'nobody', fundedMicros: 5_000, ...operator }
    expect(shard.call(advertiserFundHandler, stranger, params).kind).toBe('absent')
  })
})
