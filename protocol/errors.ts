// The failures that any operation may meet, and the codes with which a WebSocket is closed.
//
// Three kinds of no are kept apart. A *refusal* is expected and declared by its operation
// (`handle_taken`). A *failure* is one of the codes below and says whether to try again. A *bug* is
// an assertion: it crashes the process, which recovers from the log.

/** What a client should do with the same request: give up, send it later, or send it again as is. */
export type Retry = 'never' | 'later' | 'same'

type Failure = {
  readonly status: number
  readonly retry: Retry
  readonly meaning: string
}

/** Failure codes: HTTP status, retry advice and meaning. Codes are part of the public surface. */
export const failures = {
  bad_request: {
    status: 400,
    retry: 'never',
    meaning: 'The request is not what its definition asks for; `field` names the place.',
  },
  unauthenticated: {
    status: 401,
    retry: 'never',
    meaning: 'No token, or one that is unknown, expired or ended.',
  },
  forbidden: {
    status: 403,
    retry: 'never',
    meaning: 'Signed in, but this is not yours to do or to see.',
  },
  not_found: {
    status: 404,
    retry: 'never',
    meaning: 'There is no such thing, or it was deleted.',
  },
  conflict: {
    status: 409,
    retry: 'never',
    meaning: 'It contradicts what is there already.',
  },
  too_large: {
    status: 413,
    retry: 'never',
    meaning: 'More bytes, entries or requests than the limit.',
  },
  rate_limited: {
    status: 429,
    retry: 'later',
    meaning: 'Too many requests; `retryAfterMs` says when to go on.',
  },
  unavailable: {
    status: 503,
    retry: 'later',
    meaning: 'Nothing was done: the shard or its log is away, or too busy.',
  },
  timeout: {
    status: 504,
    retry: 'same',
    meaning: 'No answer in time. A read may be sent again; a write may have taken effect.',
  },
  unknown_outcome: {
    status: 503,
    retry: 'same',
    meaning: 'The write may have taken effect; the same operation id finds out.',
  },
  internal: {
    status: 500,
    retry: 'never',
    meaning: 'A bug of the server. It is logged with the request id.',
  },
} as const satisfies Record<string, Failure>

export type FailureCode = keyof typeof failures

/** How a refusal that an operation declares is told over HTTP. */
export type Refusal = { readonly status: number; readonly meaning: string }

/** An error as it travels: answer `[id, null, ErrorBody]`, or a problem+json. */
export type ErrorBody = {
  readonly code: string
  readonly message: string
  readonly retry: Retry
  readonly retryAfterMs?: number
  readonly field?: string
}

/** A failure as an exception: it ends one request, never a process. */
export class RequestFailure extends Error {
  override readonly name = 'RequestFailure'
  readonly body: ErrorBody

  constructor(body: ErrorBody, options?: ErrorOptions) {
    super(body.message, options)
    this.body = body
  }
}

/** Makes the body of a failure; `detail` replaces the general meaning. */
export function failure(
  code: FailureCode,
  detail: { message?: string; field?: string; retryAfterMs?: number } = {},
): ErrorBody {
  const { meaning, retry } = failures[code]
  return {
    code,
    message: detail.message ?? meaning,
    retry,
    ...(detail.field === undefined ? {} : { field: detail.field }),
    ...(detail.retryAfterMs === undefined ? {} : { retryAfterMs: detail.retryAfterMs }),
  }
}

/**
 * Close codes, by what the client does next: 40xx stays away unless something changes, 41xx comes
 * back after a jittered pause, 42xx comes back at once with jitter. An old client therefore treats a
 * new code rightly.
 */
export const closeCodes = {
  badRequest: { code: 4000, reason: 'bad request' },
  unauthenticated: { code: 4001, reason: 'not authenticated' },
  tooManyConnections: { code: 4009, reason: 'too many connections' },
  sessionEnded: { code: 4010, reason: 'session ended' },
  keyRevoked: { code: 4011, reason: 'key revoked' },
  overloaded: { code: 4100, reason: 'overloaded' },
  rateLimited: { code: 4101, reason: 'rate limited' },
  slowConsumer: { code: 4108, reason: 'slow consumer' },
  draining: { code: 4200, reason: 'draining' },
  positionLost: { code: 4210, reason: 'position lost' },
} as const

export type CloseReason = keyof typeof closeCodes
