// Whose token is this? The sessions that shards have confirmed, and the sockets that use each: confirmed.ts.

import { userOfToken } from '../../protocol/credentials.ts'
import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { UserId } from '../../protocol/ids.ts'
import type { Operation } from '../../protocol/operation.ts'
import { pickValue } from '../../protocol/pick.ts'
import { operationsByCode } from '../../protocol/registry.ts'
import { sessionsCachedMax } from '../limits.ts'
import type { Asked, ConfirmedOptions } from './confirmed.ts'
import { ConfirmedSecrets } from './confirmed.ts'
import type { SessionEntry } from './identity.ts'

export { isEntry } from './confirmed.ts'

export type Resolved = SessionEntry | ErrorBody

/** The operation that says who a token is, by its definition. */
const resumeOperation = [...operationsByCode.values()].find(
  (operation) => operation.session === 'resumes',
) as Operation

export class Sessions extends ConfirmedSecrets<SessionEntry> {
  constructor(options: ConfirmedOptions<SessionEntry>) {
    super(options, sessionsCachedMax)
  }

  /** A shard has just said that this token is this user's. */
  adopt(token: string, userId: UserId): SessionEntry {
    return this.keep(token, (entry) => ({ ...entry, userId }))
  }

  protected questionAbout(token: string): Asked {
    return { operation: resumeOperation, params: { token } }
  }

  protected entryFor(token: string, result: Buffer): Resolved {
    const userId = pickValue(resumeOperation.answer, result, ['user', 'id']) as UserId
    return userId === userOfToken(token) ? this.adopt(token, userId) : failure('unauthenticated')
  }
}
