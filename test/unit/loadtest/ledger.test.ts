// The ledger of a swarm: who has to get what, and who did.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { Ledger, textOf } from '../../../loadtest/swarm/ledger.ts'
import { FollowerLists } from '../../../loadtest/swarm/people.ts'

/** Clients 0 to 4; 1 and 3 follow 2; 9 is nobody's client. */
function ledgerOfFive() {
  const lists = new FollowerLists(5)
  lists.add(3, 2)
  lists.add(1, 2)
  lists.add(9, 2)
  lists.add(2, 2)
  return { lists, ledger: new Ledger(lists) }
}

const at = (client: number, nowMs = 10) => ({ client, nowMs })
const sent = { author: 2, intendedMs: 1, sentMs: 2 }

describe('an audience', () => {
  test('is those who follow and are clients, and the author; each once, in order', () => {
    const { lists } = ledgerOfFive()
    lists.add(3, 2)
    expect([...lists.recipientsOf(2)]).toEqual([1, 2, 3])
    expect([...lists.recipientsOf(0)]).toEqual([0])
    expect([...lists.recipientsOf(9)]).toEqual([])
  })
})

describe('a post', () => {
  test('is found again by its text alone', () => {
    const { ledger } = ledgerOfFive()
    ledger.post(sent)
    const post = ledger.post(sent)
    expect(ledger.find(textOf(post, 'hello'))).toBe(post)
    for (const text of ['hello', 'p1', 'p7: hello', 'see p1: hello']) {
      expect(ledger.find(text)).toBeUndefined()
    }
  })

  test('is everywhere once each recipient has it; the first and the last are remembered', () => {
    const { ledger } = ledgerOfFive()
    const post = ledger.post(sent)
    expect(ledger.arrive(post, at(3, 11))).toBe('new')
    expect(ledger.arrive(post, at(2, 12))).toBe('new')
    expect(ledger.missing()).toMatchObject({
      missed: 1,
      told: 0,
      examples: ['post 0 of client 2 for client 1'],
    })
    expect(ledger.arrive(post, at(1, 13))).toBe('new')
    expect(ledger.isComplete).toBe(true)
    expect(post).toMatchObject({ firstMs: 11, lastMs: 13 })
  })

  test('that comes twice is doubled, and one that is for others is unexpected', () => {
    const { ledger } = ledgerOfFive()
    const post = ledger.post(sent)
    ledger.arrive(post, at(1))
    expect(ledger.arrive(post, at(1))).toBe('doubled')
    expect(ledger.arrive(post, at(4))).toBe('unexpected')
    expect(ledger.arrive(undefined, at(1))).toBe('unexpected')
    expect(ledger).toMatchObject({ doubled: 1, unexpected: 2, arrived: 1 })
  })

  test('that was refused is missed by nobody', () => {
    const { ledger } = ledgerOfFive()
    ledger.post(sent).isRefused = true
    expect(ledger.isComplete).toBe(true)
    expect(ledger.missing().missed).toBe(0)
  })
})

test('who was told of a hole lacks what was posted before it, not what came after', () => {
  const { ledger } = ledgerOfFive()
  const [lost, shown] = [ledger.post({ ...sent, sentMs: 2 }), ledger.post({ ...sent, sentMs: 3 })]
  for (const post of [lost, shown]) {
    ledger.arrive(post, at(2))
    ledger.arrive(post, at(3))
  }
  ledger.hole(1, [shown, undefined], 5)
  const later = ledger.post({ ...sent, sentMs: 6 })
  expect(ledger.missing()).toMatchObject({ missed: 3, told: 1 })
  for (const client of [1, 2, 3]) ledger.arrive(later, at(client))
  expect(ledger.missing()).toMatchObject({ missed: 0, told: 1 })
  expect(ledger.doubled).toBe(0)
})

test('whatever arrives in whatever order, counts add up', () => {
  const arrivals = fc.array(fc.tuple(fc.nat({ max: 3 }), fc.nat({ max: 4 })), { maxLength: 60 })
  fc.assert(
    fc.property(arrivals, (pairs) => {
      const { ledger } = ledgerOfFive()
      const posts = Array.from({ length: 4 }, () => ledger.post(sent))
      for (const [number, client] of pairs) ledger.arrive(posts[number], at(client))
      const expected = new Set(
        pairs.filter(([, client]) => client >= 1 && client <= 3).map(([n, c]) => `${n} ${c}`),
      )
      expect(ledger.arrived).toBe(expected.size)
      expect(ledger.missing().missed).toBe(12 - expected.size)
      expect(ledger.arrived + ledger.doubled + ledger.unexpected).toBe(pairs.length)
    }),
  )
})
