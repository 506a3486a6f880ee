import { describe, expect, test } from 'vitest'
import { makeKey } from '../../../../protocol/apps.ts'
import { hashToken } from '../../../../protocol/credentials.ts'
import type { ErrorBody } from '../../../../protocol/errors.ts'
import { failure } from '../../../../protocol/errors.ts'
import { unpack } from '../../../../protocol/frame.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { operations } from '../../../../protocol/registry.ts'
import { isEntry } from '../../../../server/identity/confirmed.ts'
import type { KeyEntry } from '../../../../server/identity/identity.ts'
import { Keys } from '../../../../server/identity/keys.ts'
import type { ShardRequest } from '../../../../server/links/shard-request.ts'
import { encodeAnswer } from '../../../helpers/fake-shard.ts'

const developer = 4096 as UserId
const key = makeKey(developer, new Uint8Array(32))
const appId = 8192

describe('the keys that a gateway knows', () => {
  test('are asked for by their hash, and the key itself stays here', () => {
    const { keys, asked } = makeKeys()
    keys.resolve(key, () => undefined)
    expect(unpack(asked[0]!.call.params)).toEqual({ userId: developer, keyHash: hashToken(key) })
    expect(asked[0]!.operation).toBe(operations['app.identify'])
  })

  test('what is no key is refused at once, and one that no shard knows as soon as it says so', () => {
    const { keys, asked } = makeKeys()
    const heard: unknown[] = []
    keys.resolve('nonsense', (resolved) => heard.push(resolved))
    keys.resolve(key, (resolved) => heard.push(resolved))
    expect(asked).toHaveLength(1)
    asked[0]!.failed(failure('unauthenticated'))
    const unknown = { code: 'unauthenticated', message: expect.stringContaining('API key') }
    expect(heard).toMatchObject([unknown, unknown])
  })

  test('the first request waits for a grant, later ones are let through at once and in order', () => {
    const world = makeKeys()
    const entry = world.known()
    const outcomes = [1, 2, 3].map((number) => world.take(entry, number))
    expect([world.asked.length, world.taken]).toEqual([1, []])
    world.grant({ granted: 10, left: 90 })
    expect(world.taken).toEqual([1, 2, 3])
    expect(outcomes.flatMap((outcome) => outcome.problem ?? [])).toEqual([])
    world.take(entry, 4)
    expect([world.taken, world.asked.length]).toEqual([[1, 2, 3, 4], 1])
  })

  test('more is asked for when half of a grant is used, once', () => {
    const world = makeKeys()
    const entry = world.known()
    world.take(entry, 1)
    world.grant({ granted: 4, left: 90 })
    for (const number of [2, 3, 4]) world.take(entry, number)
    expect([world.taken, world.asked.length]).toEqual([[1, 2, 3, 4], 2])
  })

  test('what is used up is refused with how long that lasts', () => {
    const world = makeKeys()
    const entry = world.known()
    const outcomes = [1, 2, 3].map((number) => world.take(entry, number))
    world.grant({ granted: 2, left: 0 })
    expect(world.taken).toEqual([1, 2])
    expect(outcomes[2]!.problem).toMatchObject({ code: 'rate_limited', retry: 'later' })
    expect(outcomes[2]!.problem?.retryAfterMs).toBeGreaterThan(890_000)
  })

  test('while no shard answers, whoever waits is told to come back; the key is good as before', () => {
    const world = makeKeys()
    const entry = world.known()
    const outcome = world.take(entry, 1)
    world.asked.at(-1)!.failed(failure('unknown_outcome'))
    expect(outcome.problem).toMatchObject({ code: 'unavailable', retry: 'later' })
    expect(world.ended).toEqual([])
    world.take(entry, 2)
    world.grant({ granted: 2, left: 0 })
    expect(world.taken).toEqual([2])
  })

  test('a key that was revoked ends with its grants, and its sockets are told', () => {
    const world = makeKeys()
    const entry = world.known()
    const outcome = world.take(entry, 1)
    world.asked.at(-1)!.failed(failure('unauthenticated'))
    expect(outcome.problem).toMatchObject({ code: 'unauthenticated' })
    expect(world.ended).toEqual([entry])
  })
})

function makeKeys() {
  const asked: ShardRequest[] = []
  const ended: KeyEntry[] = []
  const taken: number[] = []
  const keys = new Keys({
    shards: { partitionCount: 64, request: (request) => void asked.push(request) },
    checkPeriodMs: 60_000,
    onEnded: (entry) => void ended.push(entry),
  })
  const known = (): KeyEntry => {
    let entry: KeyEntry | undefined
    keys.resolve(key, (resolved) => {
      if (isEntry(resolved)) entry = resolved
    })
    asked.pop()?.answered(encodeAnswer(operations['app.identify'], { appId }))
    if (entry === undefined) throw new Error('the key is not known')
    return entry
  }
  const take = (entry: KeyEntry, number: number) => {
    const outcome: { problem?: ErrorBody } = {}
    keys.take(entry, (problem) => {
      if (problem === undefined) taken.push(number)
      else outcome.problem = problem
    })
    return outcome
  }
  const grant = ({ granted, left }: { granted: number; left: number }): void => {
    const answer = { granted, left, quota: 100, windowLeftMs: 900_000 }
    asked.at(-1)?.answered(encodeAnswer(operations['app.takeQuota'], answer))
  }
  return { keys, asked, ended, taken, known, take, grant }
}
