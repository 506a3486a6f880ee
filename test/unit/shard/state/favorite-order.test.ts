import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { FavoriteOrder } from '../../../../shard/state/favorite-order.ts'

describe('the order of favorites', () => {
  test('is that in which they were marked, whatever was taken back: as a plain list has it', () => {
    const step = fc.record({ user: fc.nat(2), tweet: fc.nat(12), isAdded: fc.boolean() })
    fc.assert(
      fc.property(fc.array(step, { maxLength: 120, size: 'max' }), (steps) => {
        const order = new FavoriteOrder()
        const plain: number[][] = [[], [], []]
        for (const { user, tweet, isAdded } of steps) {
          const list = plain[user]!
          const place = list.indexOf(tweet)
          if (isAdded && place < 0) {
            order.add(user, tweet)
            list.push(tweet)
          } else if (!isAdded) {
            order.remove(user, tweet)
            if (place >= 0) list.splice(place, 1)
          }
        }
        for (const [user, list] of plain.entries()) {
          expect(pageOf(order, user).tweets).toEqual([...list].reverse())
        }
      }),
    )
  })

  test('a page goes on below the number where the last one ended, though that was taken back', () => {
    const order = new FavoriteOrder()
    for (const tweet of [7, 8, 9, 3, 1]) order.add(5, tweet)
    const first = pageOf(order, 5, { limit: 2 })
    expect(first.tweets).toEqual([1, 3])
    order.remove(5, 3)
    order.remove(5, 8)
    order.add(5, 2)
    const { tweets } = pageOf(order, 5, { before: first.numbers.at(-1)! })
    expect(tweets).toEqual([9, 7])
  })

  test('entries move to another order, whose tweets have other indexes', () => {
    const [here, there] = [new FavoriteOrder(), new FavoriteOrder()]
    for (const tweet of [4, 9, 2]) here.add(1, tweet)
    here.remove(1, 9)
    for (let place = 0; place < here.length(1); place++) {
      const { number, tweet } = here.at(1, place)
      there.restore(6, { number, tweet: tweet + 100 })
    }
    expect(pageOf(there, 6)).toEqual({ numbers: [3, 1], tweets: [102, 104] })
    here.clear(1)
    expect(here.length(1)).toBe(0)
  })

  test('holds the newest, and counts anew when the numbers are used up', () => {
    const order = new FavoriteOrder({ numberMax: 10, listedMax: 4 })
    for (let tweet = 0; tweet < 100; tweet++) {
      order.add(0, tweet)
      const newest = [tweet, tweet - 1, tweet - 2, tweet - 3].filter((one) => one >= 0)
      expect(pageOf(order, 0).tweets).toEqual(newest)
    }
  })

  test('costs 8 bytes and some room to grow for each favorite', () => {
    const order = new FavoriteOrder()
    for (let tweet = 0; tweet < 60_000; tweet++) order.add(tweet % 60, tweet)
    expect(order.bytes / 60_000).toBeLessThan(16)
  })
})

function pageOf(order: FavoriteOrder, user: number, { before = 2 ** 52, limit = 100 } = {}) {
  const out = { numbers: new Float64Array(100), tweets: new Int32Array(100) }
  const count = order.readBefore(user, { before, limit }, out)
  return {
    numbers: [...out.numbers.subarray(0, count)],
    tweets: [...out.tweets.subarray(0, count)],
  }
}
