import { describe, expect, test } from 'vitest'
import { nameImpression } from '../../../../protocol/impressions.ts'
import { promotionImpressionHandler } from '../../../../shard/operations/promotion-impression.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'

const dayMs = 24 * 60 * 60 * 1000

function world() {
  const made = new PromotionWorld()
  made.fill()
  return made
}

describe('promotion.impression', () => {
  test('counts once, however often it is said', () => {
    const made = world()
    const { id } = made.promote()
    const [entry] = made.shown(made.alice)
    for (let time = 0; time < 3; time++) made.see(made.alice, entry!)
    expect(made.now(id)).toMatchObject({ impressions: 1, spentMicros: 100 })
  })

  test('a page that is read again names the same impression until it is counted', () => {
    const made = world()
    made.promote()
    const [first] = made.shown(made.alice)
    expect(made.shown(made.alice)).toEqual([first])
    made.see(made.alice, first!)
    const [second] = made.shown(made.alice)
    expect(second).toMatchObject({ promotionId: first!.promotionId })
    expect(second!.impression).not.toBe(first!.impression)
  })

  test('a reader has no more of them in a day than the cap, and the next day again', () => {
    const made = world()
    const { id } = made.promote({ frequencyCap: 2 })
    const readAll = () => {
      for (let [entry] = made.shown(made.alice); entry; [entry] = made.shown(made.alice)) {
        made.see(made.alice, entry)
      }
    }
    readAll()
    expect(made.now(id).impressions).toBe(2)
    made.shard.nowMs += dayMs
    readAll()
    expect(made.now(id).impressions).toBe(4)
  })

  test('ends the promotion when the budget does not pay for another, and more does not count', () => {
    const made = world()
    const { id } = made.promote({ budgetMicros: 250, frequencyCap: 1 })
    const readers = made.shard.signUp('dan', 'eve', 'finn')
    const late = readers.map((reader) => {
      const { key } = made.shard.state.promotions.find(id)!
      const shown = { promotionId: id, readerId: reader, key }
      const day = Math.floor(made.shard.nowMs / dayMs)
      const impression = nameImpression(shown, { day, ordinal: 1 })
      return made.shard.prepare(promotionImpressionHandler, reader, { promotionId: id, impression })
    })
    // All three are decided before any of them is in the log.
    for (const one of late) one.decide()
    for (const one of late) expect(one.land().kind).toBe('answered')
    expect(made.now(id)).toMatchObject({
      status: 'ended',
      endedBy: 'budget',
      impressions: 2,
      spentMicros: 200,
    })
    made.shard.expectRecovery((partitions) => [...partitions].reverse())
  })

  test('what was not shown to this reader does not count', () => {
    const made = world()
    const { id } = made.promote()
    const [entry] = made.shown(made.alice)
    const { impression } = entry!
    const [day, ordinal, seal] = impression.split('.') as [string, string, string]
    expect(made.see(made.bob, entry!)).toMatchObject({ kind: 'refused', code: 'not_shown' })
    for (const forged of ['plausible', `${day}.2.${seal}`, `${day}.${ordinal}.${'A'.repeat(22)}`]) {
      const called = made.see(made.alice, { ...entry!, impression: forged })
      expect(called).toMatchObject({ kind: 'refused', code: 'not_shown' })
    }
    const other = made.promote()
    const moved = made.see(made.alice, { ...entry!, promotionId: other.id })
    expect(moved).toMatchObject({ code: 'not_shown' })
    expect(made.see(made.alice, { ...entry!, promotionId: id + 1 }).kind).toBe('absent')
    expect(made.now(id).impressions).toBe(0)
  })

  test('what is told on the next day counts for the day on which it was shown; later it does not', () => {
    const made = world()
    const { id } = made.promote({ frequencyCap: 1 })
    const [entry] = made.shown(made.alice)
    made.shard.nowMs += dayMs
    const [dan] = made.shard.signUp('dan')
    const [next] = made.shown(made.alice)
    expect(next!.impression).not.toBe(entry!.impression)
    made.see(made.alice, next!)
    made.see(made.alice, entry!)
    made.see(made.alice, entry!)
    expect(made.now(id).impressions).toBe(2)
    expect(made.shown(made.alice)).toEqual([])
    expect(made.shown(dan)).toEqual([])
    made.shard.nowMs += dayMs
    const [third] = made.shown(made.alice)
    made.shard.nowMs += 2 * dayMs
    expect(made.see(made.alice, third!).kind).toBe('answered')
    expect(made.now(id).impressions).toBe(2)
  })
})
