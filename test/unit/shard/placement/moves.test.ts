import { describe, expect, test } from 'vitest'
import { FormerPrimaries } from '../../../../shard/placement/moves.ts'
import type { SeenMember } from '../../../../shard/replication/members.ts'

function other(over: Partial<SeenMember> = {}): SeenMember {
  const known = { name: 'other', incarnation: 'first', address: '', state: 'ready' } as const
  const does = { hosted: [0], serving: [0], positions: [] }
  return { ...known, ...does, silentMs: 5, isLive: true, ...over }
}

const view = (...members: SeenMember[]) => ({ me: 'me', members })

function afterSeeing(...members: SeenMember[]): FormerPrimaries {
  const former = new FormerPrimaries()
  former.see(view(...members))
  return former
}

describe('a partition is lost by', () => {
  test('one that died, however it is told: silence, a new start, oblivion', () => {
    const former = afterSeeing(other())
    const dead = other({ isLive: false, silentMs: 801.4 })
    expect(former.loss(0, view(dead))).toEqual({
      from: 'other',
      cause: 'other died or does not answer, and me acted 801 ms after its last word',
    })
    const again = other({ incarnation: 'second', serving: [] })
    expect(former.loss(0, view(again))?.cause).toBe('other was started again')
    expect(former.loss(0, view())?.cause).toBe('other was forgotten')
  })

  test('one that was dead before anybody here looked', () => {
    const dead = other({ isLive: false })
    expect(afterSeeing(dead).loss(0, view(dead))?.from).toBe('other')
  })
})

test('nothing is lost where the former primary lives and serves no more, or nobody ever did', () => {
  const former = afterSeeing(other())
  expect(former.loss(0, view(other({ serving: [] })))).toBeUndefined()
  expect(former.loss(1, view(other()))).toBeUndefined()
})
