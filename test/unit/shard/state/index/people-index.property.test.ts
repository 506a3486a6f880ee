import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { staleBeginningsMin, userSearchStepsMax } from '../../../../../shard/state/index/limits.ts'
import type { Called } from '../../../../../shard/state/index/people-index.ts'
import { PeopleIndex, wordsOf } from '../../../../../shard/state/index/people-index.ts'

/** An index of people who are called as `names` says. */
class Village {
  readonly names: (Called | undefined)[] = []
  readonly index = new PeopleIndex((user) => this.names[user])

  come(user: number, called: Called): void {
    this.names[user] = called
    this.index.add(user, called)
  }

  rename(user: number, name: string): void {
    const from = this.names[user]!
    const to = { ...from, name }
    this.index.change(user, { from, to })
    this.names[user] = to
  }

  /** Who is visited, each once, in order, and how often anybody is. */
  visit(beginning: string) {
    let visits = 0
    const users = new Set<number>()
    this.index.visit([beginning], (user) => {
      visits++
      users.add(user)
    })
    return { visits, users: [...users].sort((one, other) => one - other) }
  }

  find(beginning: string): number[] {
    return this.visit(beginning).users.filter((user) => {
      const called = this.names[user]
      return called !== undefined && wordsOf(called).some((word) => word.startsWith(beginning))
    })
  }
}

describe('the index of people', () => {
  test('whatever they are called one after another, all are found, and nobody else', () => {
    const names = ['ada', 'adam', 'bo', 'bob', 'grace hopper', '']
    const changes = fc.array(fc.tuple(fc.nat(39), fc.constantFrom(...names)), { maxLength: 60 })
    const beginnings = ['a', 'ad', 'ada', 'adam', 'b', 'bob', 'hop', 'u']
    fc.assert(
      fc.property(changes, fc.nat(800), (edits, churns) => {
        const village = new Village()
        for (let user = 0; user < 40; user++) village.come(user, { handle: `u${user}`, name: '' })
        for (let churn = 0; churn < churns; churn++) village.rename(churn % 40, `churning ${churn}`)
        for (const [user, name] of edits) village.rename(user, name)
        for (const beginning of beginnings) {
          const expected = village.names.flatMap((called, user) =>
            wordsOf(called!).some((word) => word.startsWith(beginning)) ? [user] : [],
          )
          expect(village.find(beginning)).toEqual(expected)
        }
      }),
      { numRuns: 60 },
    )
  })

  test('one whose new name begins the filling anew is found by it', () => {
    for (let before = 0; before < 3; before++) {
      const village = new Village()
      for (let user = 0; user < 4; user++) village.come(user, { handle: `u${user}`, name: '' })
      for (let edit = 0; edit < before; edit++) village.rename(1, `b${edit}`)
      for (let edit = 0; edit < 2 * staleBeginningsMin; edit++) {
        village.rename(0, `name ${edit}`)
        if (edit % 16 !== 0) continue
        // Others go on with the filling, until it is whole.
        for (const user of [1, 2, 3]) village.rename(user, `other ${edit}`)
        expect(village.find(`${edit}`), `edit ${edit} after ${before}`).toContain(0)
      }
    }
  })

  test('does not grow for ever with those who change their names again and again', () => {
    const village = new Village()
    for (let user = 0; user < 500; user++) village.come(user, { handle: `user_${user}`, name: '' })
    const rename = (from: number, to: number): void => {
      for (let edit = from; edit < to; edit++) {
        village.rename(edit % 500, `${edit.toString(36)} ${(edit * 7919).toString(36)}`)
      }
    }
    rename(0, 5_000)
    const { bytes } = village.index
    rename(5_000, 50_000)
    expect(village.index.bytes).toBeLessThanOrEqual(bytes * 2)
    const { users, visits } = village.visit('user')
    expect(users).toHaveLength(500)
    expect(visits).toBeLessThan(500 + staleBeginningsMin)
  })

  test('one who comes while it is filled anew is found afterwards, wherever they stand', () => {
    const village = new Village()
    // Somebody may be followed before their card is here: places are kept for the first 300.
    const late = Array.from({ length: 300 }, (_, user) => user)
    for (let user = 300; user < 1_000; user++) village.come(user, { handle: `u${user}`, name: '' })
    for (const user of late) {
      village.come(user, { handle: `late_${user}`, name: '' })
      for (let edit = 0; edit < 10; edit++) {
        village.rename(300 + ((user * 10 + edit) % 700), `called ${edit} times ${user}`)
      }
    }
    expect(village.find('late')).toEqual(late)
  })

  test('one who has left is in it no more after it is filled anew', () => {
    const village = new Village()
    village.come(0, { handle: 'gone', name: '' })
    village.come(1, { handle: 'restless', name: '' })
    village.names[0] = undefined
    expect(village.visit('gone').users).toEqual([0])
    for (let edit = 0; edit < staleBeginningsMin; edit++) village.rename(1, `name ${edit}`)
    expect(village.visit('gone').users).toEqual([])
  })

  test('a search ends when its steps are used up, by users or by what looking at them takes', () => {
    const village = new Village()
    for (let user = 0; user < 300; user++) village.come(user, { handle: `user_${user}`, name: '' })
    let visits = 0
    village.index.visit(['user'], (_user, steps) => {
      visits++
      steps.left -= userSearchStepsMax / 100
    })
    expect(visits).toBe(100)
  })
})
