// What one request of a socket means for the others of it.

import type { ErrorBody } from '../../protocol/errors.ts'
import { failure } from '../../protocol/errors.ts'
import type { Operation } from '../../protocol/operation.ts'
import type { Session } from './session.ts'

/** Whether what was asked may take effect all the same. */
export function isUncertain({ code }: ErrorBody): boolean {
  return code === 'timeout' || code === 'unknown_outcome' || code === 'internal'
}

export function signsIn(operation: Operation): boolean {
  return operation.session === 'opens' || operation.session === 'resumes'
}

/** A live stream belongs to one user: see the head of session.ts. */
export function sessionConflict(session: Session, operation: Operation): ErrorBody | undefined {
  if (signsIn(operation) && (session.live !== undefined || session.liveInFlight > 0)) {
    const message = 'This socket has a live stream; sign in on another one.'
    return failure('conflict', { message })
  }
  if (operation.isLive === true && session.signInsInFlight > 0) {
    return failure('conflict', { message: 'Wait for the answer to the sign-in.' })
  }
  return undefined
}
