import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { type Notice, NoticeLists } from '../../../../shard/state/notice-lists.ts'

const someNotice = fc.record({
  id: fc.integer({ min: 1, max: 40 }),
  kind: fc.nat(7),
  actor: fc.constantFrom(0, 1, 2 ** 29 - 1),
  subject: fc.constantFrom(-1, 0, 5, 2 ** 30 - 2),
  isTakenBack: fc.boolean(),
  arrival: fc.nat(2 ** 40),
})
const owners = [0, 3, 5_000]
const someStep = fc.record({
  does: fc.constantFrom(
    'insert',
    'insert',
    'insert',
    'take back',
    'take back one',
    'again',
    'replace',
    'clear',
  ),
  owner: fc.constantFrom(...owners),
  notice: someNotice,
})

describe('NoticeLists', () => {
  test('are what plain arrays would be', () => {
    fc.assert(
      fc.property(fc.array(someStep, { maxLength: 200, size: 'max' }), (steps) => {
        const lists = new NoticeLists()
        const plain = new Map<number, Notice[]>(owners.map((owner) => [owner, []]))
        for (const step of steps) take(step, lists, plain)
        for (const owner of owners) expect(listOf(lists, owner)).toEqual(plain.get(owner))
        expect(lists.count).toBe([...plain.values()].flat().length)
      }),
    )
  })

  test('who has none takes nothing but a place in the table', () => {
    const lists = new NoticeLists()
    lists.insert(100_000, notice(7))
    const before = lists.bytes
    expect(lists.length(99_999)).toBe(0)
    expect(lists.room(99_999)).toBe(0)
    lists.insert(99_999, notice(7))
    expect(lists.bytes - before).toBeLessThanOrEqual(0)
  })

  test('a list of very many is as right as a short one', () => {
    const lists = new NoticeLists()
    for (let id = 4_000; id > 0; id -= 2) lists.insert(1, notice(id))
    for (let id = 1; id < 4_000; id += 2) lists.insert(1, notice(id))
    expect(lists.length(1)).toBe(4_000)
    expect(listOf(lists, 1).map(({ id }) => id)).toEqual(
      Array.from({ length: 4_000 }, (_, n) => n + 1),
    )
  })
})

function take(
  { does, owner, notice }: { does: string; owner: number; notice: Notice },
  lists: NoticeLists,
  plain: Map<number, Notice[]>,
): void {
  const own = plain.get(owner)!
  if (does === 'insert') {
    const isNew = own.every(({ id }) => id !== notice.id)
    expect(lists.insert(owner, notice)).toBe(isNew)
    if (isNew)
      plain.set(
        owner,
        [...own, notice].sort((left, right) => left.id - right.id),
      )
  } else if (does === 'take back') {
    lists.takeBack(owner, notice)
    const isMeant = ({ kind, actor, subject }: Notice) =>
      kind === notice.kind && actor === notice.actor && subject === notice.subject
    plain.set(
      owner,
      own.map((one) => (isMeant(one) ? { ...one, isTakenBack: true } : one)),
    )
  } else if (does === 'take back one') {
    lists.takeBackOne(owner, notice.id)
    plain.set(
      owner,
      own.map((one) => (one.id === notice.id ? { ...one, isTakenBack: true } : one)),
    )
  } else if (does === 'again') {
    const { subject, arrival } = notice
    const isAny = own.some((one) => one.subject === subject)
    expect(lists.arriveAgain(owner, subject, arrival)).toBe(isAny)
    plain.set(
      owner,
      own.map((one) => (one.subject === subject ? { ...one, arrival } : one)),
    )
  } else {
    const kept = does === 'clear' ? [] : own.filter(({ id }) => id % 2 === 0)
    if (does === 'clear') lists.clear(owner)
    else lists.replace(owner, kept)
    plain.set(owner, kept)
  }
}

function listOf(lists: NoticeLists, owner: number): Notice[] {
  return Array.from({ length: lists.length(owner) }, (_, place) => lists.at(owner, place))
}

function notice(id: number): Notice {
  return { id, kind: 4, actor: 2, subject: 3, isTakenBack: false, arrival: id }
}
