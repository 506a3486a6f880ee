import fc from 'fast-check'
import { expect, test } from 'vitest'
import { PendingRequests } from '../../../../server/links/pending-requests.ts'
import type { ShardRequest } from '../../../../server/links/shard-request.ts'

type Step =
  | { readonly do: 'add'; readonly count: number }
  | { readonly do: 'take'; readonly which: number }
  | { readonly do: 'expire'; readonly share: number }

const stepArbitrary: fc.Arbitrary<Step> = fc.oneof(
  fc.record({ do: fc.constant('add' as const), count: fc.integer({ min: 1, max: 3_000 }) }),
  fc.record({
    do: fc.constant('take' as const),
    which: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
  fc.record({
    do: fc.constant('expire' as const),
    share: fc.double({ min: 0, max: 1, noNaN: true }),
  }),
)

test('every request without an answer is found by its number, once, however many there are', () => {
  const steps = fc.array(stepArbitrary, { minLength: 1, maxLength: 30 })
  const first = fc.constantFrom(1, 4_000, 0xffff_ffff - 2_000)
  fc.assert(
    fc.property(steps, first, (list, start) => {
      const pending = new PendingRequests()
      const model = new Map<number, ShardRequest>()
      let number = start
      let clock = 0
      const requests = (): ShardRequest[] => [...model.values()]
      const add = (): void => {
        const request = { startedAtMs: ++clock } as ShardRequest
        pending.add(number, request)
        model.set(number, request)
        number = number === 0xffff_ffff ? 1 : number + 1
      }
      const take = (which: number): void => {
        const taken = [...model.keys()][Math.floor(which * model.size)] ?? number
        expect(pending.take(taken)).toBe(model.get(taken))
        model.delete(taken)
        expect(pending.take(taken)).toBeUndefined()
      }
      const expire = (share: number): void => {
        const untilMs = requests()[Math.floor(share * model.size)]?.startedAtMs ?? clock
        const expected = requests().filter(({ startedAtMs }) => startedAtMs <= untilMs)
        expect(new Set(pending.takeStartedBy(untilMs))).toEqual(new Set(expected))
        for (const [key, { startedAtMs }] of model) if (startedAtMs <= untilMs) model.delete(key)
      }
      for (const step of list) {
        if (step.do === 'add') for (let count = 0; count < step.count; count++) add()
        else if (step.do === 'take') take(step.which)
        else expire(step.share)
        expect(pending.count).toBe(model.size)
      }
      expect(new Set(pending.takeAll())).toEqual(new Set(requests()))
      expect(pending.count).toBe(0)
    }),
  )
})
