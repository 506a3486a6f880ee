import { describe, expect, test } from 'vitest'
import type { PasswordTask } from '../../../shard/operations/implement.ts'
import type { PasswordResult } from '../../../shard/passwords.ts'
import {
  failuresMax,
  failureWindowMs,
  PasswordDesk,
  passwordsAtOnceMax,
  passwordsQueuedMax,
} from '../../../shard/passwords.ts'

const address = '192.0.2.1'
const nowMs = 1_000_000

describe('the password desk', () => {
  test('makes a hash that the password opens, and no other', async () => {
    const desk = new PasswordDesk('weak')
    const hash = await hashOf(desk, 'open sesame')
    expect(hash).toMatch(/^\$argon2id\$/)
    expect(await tryOnce(desk, { password: 'open sesame', hash })).toEqual({
      passwordHash: hash,
      isPasswordRight: true,
    })
    expect(await tryOnce(desk, { password: 'open barley', hash })).toMatchObject({
      isPasswordRight: false,
    })
  })

  test('the same password gives another hash each time', async () => {
    const desk = new PasswordDesk('weak')
    expect(await hashOf(desk, 'open sesame')).not.toBe(await hashOf(desk, 'open sesame'))
  })

  test('where nobody has the handle, no password is right', async () => {
    const desk = new PasswordDesk('weak')
    const guess = { password: 'nobody has this password', hash: undefined }
    expect(await tryOnce(desk, guess)).toEqual({ passwordHash: '', isPasswordRight: false })
  })

  test('where there is nothing to do, nothing is done', async () => {
    const desk = new PasswordDesk('weak')
    const done = await desk.run({ kind: 'none' }, { address, nowMs })
    expect(done).toEqual({ passwordHash: '', isPasswordRight: false })
  })
})

describe('who fails too often', () => {
  test('has to wait until the window is over, also with the right password', async () => {
    const desk = new PasswordDesk('weak')
    const hash = await hashOf(desk, 'open sesame')
    for (let count = 0; count < failuresMax; count++) {
      expect(await tryOnce(desk, { password: 'wrong', hash })).toHaveProperty('isPasswordRight')
    }
    const right = { password: 'open sesame', hash }
    expect(await tryOnce(desk, right, { atMs: nowMs + 1 })).toMatchObject({
      error: { code: 'rate_limited', retry: 'later', retryAfterMs: failureWindowMs - 1 },
    })
    expect(await tryOnce(desk, right, { atMs: nowMs + failureWindowMs })).toMatchObject({
      isPasswordRight: true,
    })
  })

  test('waits for that handle in any case, and from that address only', async () => {
    const desk = new PasswordDesk('weak')
    for (let count = 0; count < failuresMax; count++) await tryOnce(desk, { handle: 'Ada' })
    expect(await tryOnce(desk, { handle: 'aDA' })).toHaveProperty('error')
    expect(await tryOnce(desk, { handle: 'bob' })).not.toHaveProperty('error')
    const elsewhere = { from: '192.0.2.2' }
    expect(await tryOnce(desk, { handle: 'ada' }, elsewhere)).not.toHaveProperty('error')
  })

  test('starts anew with the right password in between', async () => {
    const desk = new PasswordDesk('weak')
    const hash = await hashOf(desk, 'open sesame')
    for (let round = 0; round < 2; round++) {
      for (let count = 1; count < failuresMax; count++) await tryOnce(desk, { hash })
      const right = await tryOnce(desk, { password: 'open sesame', hash })
      expect(right).toMatchObject({ isPasswordRight: true })
    }
  })

  test('gets no more guesses by making them all at once', async () => {
    const desk = new PasswordDesk('weak')
    const hash = await hashOf(desk, 'open sesame')
    const guesses = Array.from({ length: failuresMax * 4 }, () => tryOnce(desk, { hash }))
    const results = await Promise.all(guesses)
    const answered = results.filter((result) => !('error' in result))
    expect(answered.length).toBeLessThanOrEqual(failuresMax)
  })
})

test('a full queue answers unavailable at once, and what waits is done in order', async () => {
  const desk = new PasswordDesk('weak')
  const hash = await hashOf(desk, 'open sesame')
  const done: number[] = []
  const run = async (number: number): Promise<PasswordResult> => {
    const task = { password: 'open sesame', hash, handle: `user_${number}` }
    const result = await tryOnce(desk, task)
    done.push(number)
    return result
  }
  const fitting = passwordsAtOnceMax + passwordsQueuedMax
  const running = Array.from({ length: fitting }, (_, number) => run(number))
  expect(await run(fitting)).toMatchObject({
    error: { code: 'unavailable', retry: 'later', retryAfterMs: 5_000 },
  })
  expect(done).toEqual([fitting])
  const results = await Promise.all(running)
  expect(results.every((result) => 'isPasswordRight' in result && result.isPasswordRight)).toBe(
    true,
  )
  expect(await run(fitting + 1)).toMatchObject({ isPasswordRight: true })
})

async function hashOf(desk: PasswordDesk, password: string): Promise<string> {
  const result = await desk.run({ kind: 'hash', password }, { address, nowMs })
  if ('error' in result) throw new Error(result.error.message)
  return result.passwordHash
}

function tryOnce(
  desk: PasswordDesk,
  task: Partial<Extract<PasswordTask, { kind: 'verify' }>>,
  { from = address, atMs = nowMs }: { from?: string; atMs?: number } = {},
): Promise<PasswordResult> {
  const verify = { password: 'wrong', hash: undefined, handle: 'ada', ...task }
  return desk.run({ kind: 'verify', ...verify }, { address: from, nowMs: atMs })
}
