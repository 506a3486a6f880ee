// Whose the browser's session is by now. It belongs to all pages of the browser, and a script cannot read its cookie: somebody
// else may have logged in in another one.

import { RequestFailure } from '../../../protocol/errors.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { callOverHttp } from './http.ts'

/** `unknown`: the server says nothing, so it may still be that of the user who asks. */
export type SessionHolder = 'nobody' | 'this user' | 'another user' | 'unknown'

export async function whoseSession(userId: UserId): Promise<SessionHolder> {
  try {
    const { status, ok } = await fetch('/v1/bookmarks?limit=1', {
      signal: AbortSignal.timeout(5_000),
    })
    if (status === 401) return 'nobody'
    if (!ok) return 'unknown'
    // Only others are told how they stand to somebody.
    const { user } = await callOverHttp('user.get', { user: { id: userId } })
    return user.viewer === undefined ? 'this user' : 'another user'
  } catch (error) {
    // Without a network nobody has said anything. Who can be found no more has no session either.
    const isGone = error instanceof RequestFailure && goneFor.has(error.body.code)
    return isGone ? 'another user' : 'unknown'
  }
}

const goneFor: ReadonlySet<string> = new Set(['not_found', 'suspended'])
