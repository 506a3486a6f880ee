// What every member registry must do: the exact meaning of shard/replication/members.ts.

import { describe, expect, test } from 'vitest'
import { LogUnavailable } from '../../shard/replication/log.ts'
import type { Member, SeenMember } from '../../shard/replication/members.ts'
import { eachOnItsOwnMedium, type LogMedium, ttlMs } from './log-contract-harness.ts'

const times = { ttlMs, forgetAfterMs: 20 * ttlMs }
/** What may pass between two calls of a test where the clock is not the test's own. */
const slackMs = ttlMs / 2

function member(name: string, said: Partial<Member> = {}): Member {
  const place = { name, incarnation: `${name} 1`, address: `10.0.0.5:70${name.length}` }
  return { ...place, state: 'ready', hosted: [], serving: [], positions: [], ...said }
}

const namesOf = (seen: readonly SeenMember[] | undefined) => seen?.map(({ name }) => name)
const livesOf = (seen: readonly SeenMember[] | undefined) =>
  Object.fromEntries((seen ?? []).map(({ name, isLive }) => [name, isLive]))

export function describeMemberRegistry(name: string, create: () => Promise<LogMedium>): void {
  describe(`The member registry: ${name}`, () => {
    const subject = eachOnItsOwnMedium(create)
    const announce = (said: Member, asked = times) => subject.log.members.announce(said, asked)

    test('who announces itself sees itself', async () => {
      const seen = await announce(member('a'))
      expect(seen).toEqual([{ ...member('a'), isLive: true, silentMs: expect.any(Number) }])
      expect(seen?.[0]?.silentMs).toBeLessThan(slackMs)
    })

    test('all is told as it was said last, on another handle as well, by name', async () => {
      const other = await subject.open()
      const all = Array.from({ length: 256 }, (_, partition) => partition)
      const positions = all.map((partition) => ({
        epoch: partition * 40_000,
        sequence: 2 ** 47 + partition,
      }))
      await announce(member('b', { state: 'joining', hosted: [3] }))
      const said = member('b', { state: 'leaving', hosted: all, serving: [0, 255], positions })
      await announce(said)
      const seen = await other.members.announce(member('a', { address: '' }), times)
      expect(seen).toMatchObject([member('a', { address: '' }), said])
    })

    test('names, incarnations and addresses may hold what they like', async () => {
      const odd = member('shard-0.../%41 é', { incarnation: '7 1 x\0 y', address: '[::1]:7000' })
      expect(await announce(odd)).toMatchObject([odd])
      expect(await announce({ ...odd, incarnation: '7 1 x' })).toBeUndefined()
      await subject.log.members.withdraw(odd)
      expect(livesOf(await announce(member('a')))).toEqual({ a: true, [odd.name]: false })
    })

    test('who is silent for long enough is not live, and a word brings it back', async () => {
      await announce(member('a'))
      await subject.medium.advance(ttlMs / 4)
      expect(livesOf(await announce(member('b')))).toEqual({ a: true, b: true })
      await subject.medium.advance(ttlMs)
      const seen = await announce(member('b'))
      expect(livesOf(seen)).toEqual({ a: false, b: true })
      const silentMs = seen?.find(({ name: of }) => of === 'a')?.silentMs
      expect(silentMs).toBeGreaterThanOrEqual((ttlMs * 5) / 4)
      expect(silentMs).toBeLessThan((ttlMs * 5) / 4 + slackMs)
      await announce(member('a'))
      expect(livesOf(await announce(member('b')))).toEqual({ a: true, b: true })
    })

    test('who is silent for very long is forgotten, and may come again', async () => {
      await announce(member('a'))
      await subject.medium.advance(times.forgetAfterMs / 2)
      expect(namesOf(await announce(member('b')))).toEqual(['a', 'b'])
      await subject.medium.advance(times.forgetAfterMs / 2)
      expect(namesOf(await announce(member('b')))).toEqual(['b'])
      expect(namesOf(await announce(member('b')))).toEqual(['b'])
      expect(namesOf(await announce(member('a')))).toEqual(['a', 'b'])
    })

    test('the name of a live process is refused to any other, and its word stands', async () => {
      await announce(member('a', { hosted: [1] }))
      const other = await subject.open()
      const second = member('a', { incarnation: 'a 2', hosted: [2] })
      expect(await other.members.announce(second, times)).toBeUndefined()
      expect(await announce(member('b'))).toMatchObject([member('a', { hosted: [1] }), member('b')])
      await subject.medium.advance(ttlMs)
      expect(await other.members.announce(second, times)).toMatchObject([second, member('b')])
      expect(await announce(member('a'))).toBeUndefined()
    })

    test('who withdraws is not live at once, keeps its place, and leaves its name free', async () => {
      await announce(member('a'))
      await announce(member('b'))
      await subject.log.members.withdraw(member('a'))
      expect(livesOf(await announce(member('b')))).toEqual({ a: false, b: true })
      const next = member('a', { incarnation: 'a 2' })
      expect(livesOf(await announce(next))).toEqual({ a: true, b: true })
      await subject.log.members.withdraw(next)
      await subject.medium.advance(times.forgetAfterMs)
      expect(livesOf(await announce(member('b')))).toEqual({ b: true })
    })

    test('nobody withdraws for another one, or for one that is not there', async () => {
      await announce(member('a'))
      await subject.log.members.withdraw(member('a', { incarnation: 'a 0' }))
      await subject.log.members.withdraw(member('stranger'))
      expect(livesOf(await announce(member('b')))).toEqual({ a: true, b: true })
    })

    test('a clock that is set back makes nobody live for longer', async () => {
      await announce(member('a'))
      await subject.medium.advance(-10 * ttlMs)
      const second = member('a', { incarnation: 'a 2' })
      expect(await announce(second)).toBeUndefined()
      const seen = await announce(member('b'))
      expect(livesOf(seen)).toEqual({ a: true, b: true })
      expect(seen?.[0]?.silentMs).toBeGreaterThanOrEqual(0)
      await subject.medium.advance(ttlMs)
      expect(livesOf(await announce(member('b')))).toEqual({ a: false, b: true })
      expect(livesOf(await announce(second))).toEqual({ a: true, b: true })
    })

    test('many announce at the same moment, and all are heard', async () => {
      const other = await subject.open()
      const said = Array.from({ length: 20 }, (_, index) => member(`shard-${10 + index}`))
      await Promise.all(
        said.map((one, index) =>
          (index % 2 === 0 ? subject.log : other).members.announce(one, times),
        ),
      )
      expect(namesOf(await announce(member('z')))).toEqual([...said.map((one) => one.name), 'z'])
    })

    test('a registry that was closed says so', async () => {
      await subject.log.close()
      await expect(announce(member('a'))).rejects.toThrow(LogUnavailable)
      await expect(subject.log.members.withdraw(member('a'))).rejects.toThrow(LogUnavailable)
    })
  })
}
