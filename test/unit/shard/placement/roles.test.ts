import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { isSnapshotter, planRoles, wantedRoles } from '../../../../shard/placement/roles.ts'
import { anyView, isEmpty, partitions } from '../../../helpers/roles-world.ts'

describe('from one view', () => {
  test('nobody acquires what somebody serves, and no two acquire the same', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const gained = view.members.flatMap(({ name }) => planRoles({ ...view, me: name }).gain)
        expect(new Set(gained).size).toBe(gained.length)
        const served = view.members.flatMap(({ isLive, serving }) => (isLive ? serving : []))
        expect(gained.filter((partition) => served.includes(partition))).toEqual([])
      }),
    )
  })

  test('only the live, ready and complete are handed anything', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        for (const { name, serving } of view.members) {
          for (const { partition, to } of planRoles({ ...view, me: name }).handOver) {
            expect(serving).toContain(partition)
            const successor = view.members.find((member) => member.name === to)
            expect(successor).toMatchObject({ isLive: true, state: 'ready' })
            expect(successor?.hosted).toContain(partition)
            expect(to).not.toBe(name)
          }
        }
      }),
    )
  })

  test('nothing is dropped that is served, or that is not with all who should have it', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const dropped = new Map<number, string[]>()
        for (const { name, serving } of view.members) {
          for (const partition of planRoles({ ...view, me: name }).drop) {
            expect(serving).not.toContain(partition)
            dropped.set(partition, [...(dropped.get(partition) ?? []), name])
          }
        }
        for (const [partition, droppers] of dropped) {
          const { hosts } = wantedRoles({ ...view, me: 'shard-0' }, partition)
          for (const host of hosts) {
            const member = view.members.find(({ name }) => name === host)
            expect(member).toMatchObject({ isLive: true, state: 'ready' })
            expect(member?.hosted).toContain(partition)
            expect(droppers).not.toContain(host)
          }
        }
      }),
    )
  })

  test('who leaves takes on nothing, and the dead and unknown plan nothing', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        for (const { name, isLive, state } of view.members) {
          const plan = planRoles({ ...view, me: name })
          if (!isLive) expect(isEmpty(plan)).toBe(true)
          if (state === 'leaving') {
            expect({ ...plan, handOver: [] }).toEqual({
              gain: [],
              handOver: [],
              host: [],
              drop: [],
            })
          }
        }
        expect(isEmpty(planRoles({ ...view, me: 'stranger' }))).toBe(true)
      }),
    )
  })

  test('the order in which the members are told of does not matter', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        const reversed = { ...view, members: [...view.members].reverse() }
        for (const { name } of view.members) {
          expect(planRoles({ ...reversed, me: name })).toEqual(planRoles({ ...view, me: name }))
        }
      }),
      { numRuns: 30 },
    )
  })

  test('exactly one live and ready host makes the snapshots, a replica where there is one', () => {
    fc.assert(
      fc.property(anyView, (view) => {
        for (const partition of partitions) {
          const able = view.members.filter(
            ({ isLive, state, hosted }) =>
              isLive && state === 'ready' && hosted.includes(partition),
          )
          const makers = able.filter(({ name }) => isSnapshotter({ ...view, me: name }, partition))
          expect(makers).toHaveLength(Math.min(1, able.length))
          const replicas = able.filter(({ serving }) => !serving.includes(partition))
          if (replicas.length > 0) expect(replicas).toContain(makers[0])
        }
      }),
      { numRuns: 50 },
    )
  })
})
