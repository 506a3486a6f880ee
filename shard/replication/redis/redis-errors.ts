// What Redis or the way to it says when something fails, as one sentence that names the cure.

import { LogRefused, LogUnavailable } from '../log.ts'

/** A server that this log must not run on, as it is set up now. */
export class RedisUnfit extends Error {
  override readonly name = 'RedisUnfit'
}

/** First words of a reply, or of a message of the client, and what to do about them. */
const cures: readonly (readonly [RegExp, string])[] = [
  [/^OOM\b/, 'its memory is full: raise maxmemory, or trim the log'],
  [/^READONLY\b/, 'it is a read-only replica: name the master, or wait for the failover to end'],
  [/^MISCONF\b/, 'it cannot write to its disk: make room there'],
  [/^NOREPLICAS\b/, 'it has too few replicas in order (min-replicas-to-write): start them'],
  [/^LOADING\b/, 'it is loading its data: wait'],
  [/^MASTERDOWN\b/, 'it is a replica that has lost its master: name the master'],
  [/^CLUSTERDOWN\b/, 'the cluster does not serve all slots: start its missing nodes'],
  [/^BUSY\b/, 'a script of somebody else keeps it busy: end that with SCRIPT KILL'],
  [
    /^(WRONGPASS|ERR (invalid password|AUTH|Client sent AUTH))/,
    'it refuses the user or the password: correct them in ROOKERY_REDIS_URL',
  ],
  [/^NOAUTH\b/, 'it wants a password: add it to ROOKERY_REDIS_URL as redis://user:password@host'],
  [/^NOPERM\b/, 'the user lacks a right: allow what docs/operations.md lists, with ACL SETUSER'],
  [/^DENIED\b/, 'it is in protected mode: set a password or an address to bind to'],
  [/ECONNREFUSED/, 'nothing listens there: start it, or correct ROOKERY_REDIS_URL'],
  [/ENOTFOUND|EAI_AGAIN/, 'the name of the host is not known: correct ROOKERY_REDIS_URL'],
  [
    /^All sentinels are unreachable.*Last error/,
    'no Sentinel answers: start them, or correct ROOKERY_REDIS_URL',
  ],
  [
    /^All sentinels are unreachable/,
    'the Sentinels name no master that answers: wait for the failover to end',
  ],
  [/certificate|TLS|SSL/i, 'the encrypted connection failed: check its certificate'],
  [/timed? ?out|ETIMEDOUT|Socket timeout/i, 'it gave no answer in time'],
]

/** Replies of a server that has not carried out the command or script, nor any part of it. */
const refusals =
  /^(OOM|READONLY|MISCONF|NOREPLICAS|LOADING|MASTERDOWN|CLUSTERDOWN|BUSY|NOAUTH|NOPERM|DENIED)\b/

/** Why Redis cannot be used just now, in one sentence. */
export function explain(error: unknown, where: string): string {
  const message = error instanceof Error ? error.message : String(error)
  const cure = cures.find(([pattern]) => pattern.test(message))?.[1]
  const first = message.split('\n')[0]?.replace(/\.$/, '')
  return cure === undefined
    ? `Redis at ${where} cannot be used: ${first}.`
    : `Redis at ${where} cannot be used, because ${cure} (${first}).`
}

/** Turns a failure of Redis into the port's word for it. */
export function unavailable(error: unknown, where: string): LogUnavailable {
  if (error instanceof LogUnavailable) return error
  if (error instanceof RedisUnfit) return new LogUnavailable(error.message, { cause: error })
  const message = error instanceof Error ? error.message : String(error)
  const Kind = refusals.test(message) ? LogRefused : LogUnavailable
  return new Kind(explain(error, where), { cause: withoutCommand(error) })
}

/** The client's errors carry the command with its arguments, which are what users wrote: not for a log. */
function withoutCommand(error: unknown): unknown {
  return error instanceof Error && 'command' in error ? new Error(error.message) : error
}
