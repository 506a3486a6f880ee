import { afterEach, describe, expect, test, vi } from 'vitest'
import { failure } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { encode } from '../../../server/web/wire/message-pack.ts'
import { whoseSession } from '../../../server/web/wire/session-holder.ts'

const me = 7 as UserId

/** A server that answers so: first what only somebody signed in may ask, then who the user is. */
function answering(...responses: (Response | Error)[]): void {
  vi.stubGlobal('fetch', async () => {
    const response = responses.shift()
    if (response instanceof Response) return response
    throw response ?? new Error('asked once too often')
  })
}

const user = (more: object): Response => new Response(encode({ user: { id: me, ...more } }))
const problem = (code: string, status: number): Response =>
  Response.json({ ...failure('internal'), code }, { status })

afterEach(() => vi.unstubAllGlobals())

describe('the session of the browser', () => {
  test('is that of nobody where the server knows nobody', async () => {
    answering(problem('unauthenticated', 401))
    expect(await whoseSession(me)).toBe('nobody')
  })

  test('is that of the user who is not told how they stand to themselves', async () => {
    answering(Response.json({}), user({}))
    expect(await whoseSession(me)).toBe('this user')
  })

  test('is that of another user who is told how they stand to this one, or of whoever asks where this one is gone', async () => {
    answering(Response.json({}), user({ viewer: { following: false } }))
    expect(await whoseSession(me)).toBe('another user')
    answering(Response.json({}), problem('not_found', 404))
    expect(await whoseSession(me)).toBe('another user')
    answering(Response.json({}), problem('suspended', 403))
    expect(await whoseSession(me)).toBe('another user')
  })

  test('may be that of anybody where the server is away, or something else answers in its place', async () => {
    answering(new TypeError('no network'))
    expect(await whoseSession(me)).toBe('unknown')
    answering(problem('unavailable', 503))
    expect(await whoseSession(me)).toBe('unknown')
    answering(Response.json({}), problem('unavailable', 503))
    expect(await whoseSession(me)).toBe('unknown')
    answering(new Response('<p>Log in to this network.'), new Response('<p>Log in to it.'))
    expect(await whoseSession(me)).toBe('unknown')
  })
})
