import { describe, expect, test } from 'vitest'
import { hashToken, makeToken } from '../../../../protocol/credentials.ts'
import type { ErrorBody } from '../../../../protocol/errors.ts'
import { failure } from '../../../../protocol/errors.ts'
import type { UserId } from '../../../../protocol/ids.ts'
import { operations } from '../../../../protocol/registry.ts'
import type { SessionEntry } from '../../../../server/identity/identity.ts'
import type { Resolved } from '../../../../server/identity/sessions.ts'
import { Sessions } from '../../../../server/identity/sessions.ts'
import type { ShardRequest } from '../../../../server/links/shard-request.ts'
import { encodeAnswer, makeUser } from '../../../helpers/fake-shard.ts'

const userId = 4096 as UserId
const token = makeToken(userId, new Uint8Array(32))

function makeSessions() {
  const asked: ShardRequest[] = []
  const ended: SessionEntry[] = []
  const sessions = new Sessions({
    shards: { partitionCount: 64, request: (request) => void asked.push(request) },
    checkPeriodMs: 60_000,
    onEnded: (entry) => void ended.push(entry),
  })
  const user = (id: number): Buffer =>
    encodeAnswer(operations['session.resume'], { user: makeUser(id) })
  return { sessions, asked, ended, user }
}

describe('the sessions that a gateway knows', () => {
  test('are asked for once, however many want to know', () => {
    const { sessions, asked, user } = makeSessions()
    const heard: Resolved[] = []
    for (let count = 0; count < 3; count++) sessions.resolve(token, (entry) => heard.push(entry))
    expect(asked).toHaveLength(1)
    asked[0]!.answered(user(userId))
    expect(heard).toMatchObject([{ userId }, { userId }, { userId }])
    sessions.resolve(token, (entry) => heard.push(entry))
    expect([heard.length, asked.length]).toEqual([4, 1])
  })

  test('are nobody where the shard names another user than the token', () => {
    const { sessions, asked, user } = makeSessions()
    const heard: Resolved[] = []
    sessions.resolve(token, (entry) => heard.push(entry))
    asked[0]!.answered(user(8192))
    expect(heard).toMatchObject([{ code: 'unauthenticated' }])
    expect(sessions.count).toBe(0)
  })

  test('are nobody at once where the text is no token', () => {
    const { sessions, asked } = makeSessions()
    const heard: Resolved[] = []
    sessions.resolve('nonsense', (entry) => heard.push(entry))
    expect(heard).toMatchObject([{ code: 'unauthenticated' }])
    expect(asked).toHaveLength(0)
  })

  test('end once, when a shard says so', () => {
    const { sessions, ended } = makeSessions()
    sessions.adopt(token, userId)
    sessions.ended(hashToken(token))
    sessions.ended(hashToken(token))
    expect(ended).toMatchObject([{ userId }])
    expect(sessions.cached(token, performance.now())).toBeUndefined()
  })

  test.each([
    [failure('unauthenticated'), 1],
    [failure('unavailable'), 0],
    [failure('timeout'), 0],
  ] as [ErrorBody, number][])(
    'that are checked again and answered %o end %i times',
    (error, ends) => {
      const { sessions, asked, ended } = makeSessions()
      const entry = sessions.adopt(token, userId)
      entry.sockets.add({ close: () => undefined })
      sessions.sweep(performance.now() + 59_000)
      expect(asked).toHaveLength(0)
      sessions.sweep(performance.now() + 61_000)
      asked[0]!.failed(error)
      expect(ended).toHaveLength(ends)
    },
  )

  test('that no socket uses are forgotten when they are old', () => {
    const { sessions } = makeSessions()
    sessions.adopt(token, userId)
    sessions.sweep(performance.now() + 61_000)
    expect(sessions.count).toBe(0)
  })

  test('are all asked for again after a shard was away', () => {
    const { sessions, asked } = makeSessions()
    sessions.adopt(token, userId)
    sessions.doubtAll()
    sessions.resolve(token, () => undefined)
    expect(asked).toHaveLength(1)
  })
})
