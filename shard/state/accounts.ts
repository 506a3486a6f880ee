// Accounts: what only the shard that hosts a user knows of them: password hash, sessions, contact.
//
// Kept as JavaScript objects: they are read at sign-in, not on a hot path. Written by `apply`
// functions only.
//
// A session is over, for everybody and for good, once the log of its user's partition has reached its
// end: as the log has the same times everywhere, all hosts agree on which sessions there are, whatever
// their clocks say and whenever each of them sweeps. (The clock of who serves ends it on time.)

import type { UserId } from '../../protocol/ids.ts'
import { sessionsPerUserMax } from '../../protocol/limits.ts'

export type Session = { readonly userId: UserId; readonly expiresAtMs: number }
export type Contact = { readonly email?: string; readonly birthDate?: string }

export class Accounts {
  readonly #passwordHashes = new Map<UserId, string>()
  readonly #contacts = new Map<UserId, Contact>()
  readonly #sessions = new Map<string, Session>()
  /** In the order in which they came; few, so a list takes a quarter of the memory of a set. */
  readonly #tokenHashesOf = new Map<UserId, string[]>()
  readonly #logTimeMsOf: (userId: UserId) => number

  /** @param logTimeMsOf the time that the log of this user's partition has reached */
  constructor(logTimeMsOf: (userId: UserId) => number = () => 0) {
    this.#logTimeMsOf = logTimeMsOf
  }

  create(account: { userId: UserId; passwordHash: string; contact: Contact }): void {
    this.#passwordHashes.set(account.userId, account.passwordHash)
    if (account.contact.email !== undefined || account.contact.birthDate !== undefined) {
      this.#contacts.set(account.userId, account.contact)
    }
  }

  passwordHash(userId: UserId): string | undefined {
    return this.#passwordHashes.get(userId)
  }

  contact(userId: UserId): Contact {
    return this.#contacts.get(userId) ?? {}
  }

  /** Begins a session. Where its user has too many, those that would end first make room, but never this one. */
  openSession(tokenHash: string, session: Session): void {
    this.restoreSession(tokenHash, session)
    const count = this.#tokenHashesOf.get(session.userId)!.length
    if (count > sessionsPerUserMax) this.#makeRoom(tokenHash, count - sessionsPerUserMax)
  }

  /** Puts a session in that was opened elsewhere: by another process, or before this one started. */
  restoreSession(tokenHash: string, session: Session): void {
    this.endSession(tokenHash)
    this.#sessions.set(tokenHash, session)
    const tokenHashes = this.#tokenHashesOf.get(session.userId)
    if (tokenHashes === undefined) this.#tokenHashesOf.set(session.userId, [tokenHash])
    else tokenHashes.push(tokenHash)
  }

  endSession(tokenHash: string): void {
    const session = this.#sessions.get(tokenHash)
    if (session === undefined) return
    this.#sessions.delete(tokenHash)
    const { userId } = session
    const tokenHashes = this.#tokenHashesOf.get(userId)!
    tokenHashes.splice(tokenHashes.indexOf(tokenHash), 1)
    if (tokenHashes.length === 0) this.#tokenHashesOf.delete(userId)
  }

  /** Ends all sessions of a user. */
  endSessionsOf(userId: UserId): void {
    for (const tokenHash of this.#tokenHashesOf.get(userId) ?? []) this.#sessions.delete(tokenHash)
    this.#tokenHashesOf.delete(userId)
  }

  /** The session of a token, or undefined where it is unknown, ended or over. */
  session(tokenHash: string, nowMs: number): Session | undefined {
    const session = this.#sessions.get(tokenHash)
    if (session === undefined || session.expiresAtMs <= nowMs) return undefined
    return this.#isOver(session) ? undefined : session
  }

  /** The sessions of a user that are not over, each behind its token's hash, in the order of the hashes. */
  sessionsOf(userId: UserId): readonly (readonly [string, Session])[] {
    const tokenHashes = this.#tokenHashesOf.get(userId)
    if (tokenHashes === undefined) return []
    return [...tokenHashes]
      .sort()
      .map((tokenHash) => [tokenHash, this.#sessions.get(tokenHash)!] as const)
      .filter(([, session]) => !this.#isOver(session))
  }

  /**
   * Takes back the memory of sessions that are over. Nobody can tell whether it was called: call it now
   * and then.
   */
  sweep(): void {
    for (const [tokenHash, session] of this.#sessions) {
      if (this.#isOver(session)) this.endSession(tokenHash)
    }
  }

  /** Forgets all that is known here of a user: the partition is hosted no longer. */
  forget(userId: UserId): void {
    this.#passwordHashes.delete(userId)
    this.#contacts.delete(userId)
    this.endSessionsOf(userId)
  }

  /** Accounts and sessions held. */
  get size(): number {
    return this.#passwordHashes.size + this.#sessions.size
  }

  /**
   * Ends the sessions of a token's user that would end first, in an order that is the same everywhere. What is over
   * comes first of all, so whether it was swept before makes no difference to what is left.
   */
  #makeRoom(newTokenHash: string, count: number): void {
    const tokenHashes = this.#tokenHashesOf.get(this.#sessions.get(newTokenHash)!.userId)!
    const endOf = (tokenHash: string): number => this.#sessions.get(tokenHash)!.expiresAtMs
    const others = [...tokenHashes].filter((tokenHash) => tokenHash !== newTokenHash)
    others.sort((left, right) => endOf(left) - endOf(right) || (left < right ? -1 : 1))
    for (const tokenHash of others.slice(0, count)) this.endSession(tokenHash)
  }

  #isOver(session: Session): boolean {
    return session.expiresAtMs <= this.#logTimeMsOf(session.userId)
  }
}
