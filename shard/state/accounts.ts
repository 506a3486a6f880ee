// Accounts: what only the shard that hosts a user knows of them: password hash, sessions, contact.
//
// Kept as JavaScript objects: they are read at sign-in, not on a hot path. Written by `apply`
// functions only.
//
// A session is over, for everybody and for good, once the log of its user's partition has reached its
// end: as the log has the same times everywhere, all hosts agree on which sessions there are, whatever
// their clocks say and whenever each of them sweeps. (The clock of who serves ends it on time.)

import type { UserId } from '../../protocol/ids.ts'

export type Session = { readonly userId: UserId; readonly expiresAtMs: number }
export type Contact = { readonly email?: string; readonly birthDate?: string }

export class Accounts {
  readonly #passwordHashes = new Map<UserId, string>()
  readonly #contacts = new Map<UserId, Contact>()
  readonly #sessions = new Map<string, Session>()
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

  openSession(tokenHash: string, session: Session): void {
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
    const others = this.#tokenHashesOf.get(userId)!.filter((other) => other !== tokenHash)
    if (others.length === 0) this.#tokenHashesOf.delete(userId)
    else this.#tokenHashesOf.set(userId, others)
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
    for (const tokenHash of this.#tokenHashesOf.get(userId) ?? []) this.#sessions.delete(tokenHash)
    this.#tokenHashesOf.delete(userId)
  }

  /** Accounts and sessions held. */
  get size(): number {
    return this.#passwordHashes.size + this.#sessions.size
  }

  #isOver(session: Session): boolean {
    return session.expiresAtMs <= this.#logTimeMsOf(session.userId)
  }
}
