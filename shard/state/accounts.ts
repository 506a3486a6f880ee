// Accounts: what only the shard that hosts a user knows of them: password hash, sessions, contact.
//
// Kept as JavaScript objects: they are read at sign-in, not on a hot path. Written by `apply`
// functions only.

import type { UserId } from '../../protocol/ids.ts'

export type Session = { readonly userId: UserId; readonly expiresAtMs: number }
export type Contact = { readonly email?: string; readonly birthDate?: string }

export class Accounts {
  readonly #passwordHashes = new Map<UserId, string>()
  readonly #contacts = new Map<UserId, Contact>()
  readonly #sessions = new Map<string, Session>()

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
    this.#sessions.set(tokenHash, session)
  }

  endSession(tokenHash: string): void {
    this.#sessions.delete(tokenHash)
  }

  /** The session of a token, or undefined where it is unknown, ended or over. */
  session(tokenHash: string, nowMs: number): Session | undefined {
    const session = this.#sessions.get(tokenHash)
    return session !== undefined && session.expiresAtMs > nowMs ? session : undefined
  }

  /** Forgets sessions that are over; they would be refused anyway. Call it now and then. */
  sweep(nowMs: number): void {
    for (const [tokenHash, session] of this.#sessions) {
      if (session.expiresAtMs <= nowMs) this.#sessions.delete(tokenHash)
    }
  }
}
