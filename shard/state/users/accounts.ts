// Accounts: what only the shard that hosts a user knows of them: password hash, sessions, contact.
//
// A process holds millions of them, and reads few. So they lie outside the JavaScript heap, where the garbage collector
// need not go through them: two byte strings for a user, none where there is nothing, and 8 bytes for each user known.
//
//   account     password hash | 0 | date of birth | 0 | e-mail address         UTF-8; only the last could hold a 0
//   sessions    length, hash of the token, end in 8 bytes | length, hash, ...    in the order of the hashes
//
// A session is over, for everybody and for good, once the log of its user's partition has reached its
// end: as the log has the same times everywhere, all hosts agree on which sessions there are, whatever
// their clocks say and whenever each of them sweeps. (The clock of who serves ends it on time.)
//
// Written by `apply` functions only.

import type { UserId } from '../../../protocol/ids.ts'
import { sessionsPerUserMax } from '../../../protocol/limits.ts'
import { ByteStore } from '../memory/byte-store.ts'
import type { RecordField } from '../memory/records.ts'
import { Records } from '../memory/records.ts'
import type { UserIndex } from './user-index.ts'

export type Session = { readonly tokenHash: string; readonly expiresAtMs: number }
export type Contact = { readonly email?: string; readonly birthDate?: string }

type Ports = {
  readonly index: Pick<UserIndex, 'find' | 'intern' | 'idOf' | 'indexEnd'>
  /** The time that the log of this user's partition has reached. */
  logTimeMsOf(userId: UserId): number
}

const endBytes = 8
/** Users that a step of `sweep` looks at: one or two milliseconds. */
const sweepStep = 2_048

export class Accounts {
  readonly #ports: Ports
  readonly #bytes = new ByteStore()
  readonly #records = new Records(2)
  /** References to what `#bytes` has of a user; 0 where there is nothing. */
  readonly #accounts = this.#records.field(0)
  readonly #sessions = this.#records.field(1)
  #size = 0

  constructor(ports: Ports) {
    this.#ports = ports
  }

  /** Bytes held outside the JavaScript heap. */
  get bytes(): number {
    return this.#bytes.bytes + this.#records.bytes
  }

  /** Accounts and sessions held. */
  get size(): number {
    return this.#size
  }

  create(account: { userId: UserId; passwordHash: string; contact: Contact }): void {
    const { userId, passwordHash, contact } = account
    const user = this.#ports.index.intern(userId)
    const { birthDate = '', email = '' } = contact
    if (this.#accounts.get(user) === 0) this.#size++
    this.#replace(this.#accounts, user, Buffer.from(`${passwordHash}\0${birthDate}\0${email}`))
  }

  passwordHash(userId: UserId): string | undefined {
    return this.#accountOf(userId)?.passwordHash
  }

  contact(userId: UserId): Contact {
    return this.#accountOf(userId)?.contact ?? {}
  }

  /** Begins a session. Where its user has too many, those that would end first make room, but never this one. */
  openSession(userId: UserId, session: Session): void {
    const { tokenHash } = session
    const all = this.#sessionsOf(userId).filter((other) => other.tokenHash !== tokenHash)
    const othersMax = sessionsPerUserMax - 1
    if (all.length > othersMax) all.sort(byEnd).splice(0, all.length - othersMax)
    this.#keep(userId, [...all, session])
  }

  /** Puts a session in that was opened elsewhere: by another process, or before this one started. */
  restoreSession(userId: UserId, session: Session): void {
    const { tokenHash } = session
    const others = this.#sessionsOf(userId).filter((other) => other.tokenHash !== tokenHash)
    this.#keep(userId, [...others, session])
  }

  endSession(userId: UserId, tokenHash: string): void {
    const all = this.#sessionsOf(userId)
    const others = all.filter((session) => session.tokenHash !== tokenHash)
    if (others.length < all.length) this.#keep(userId, others)
  }

  /** Ends all sessions of a user. */
  endSessionsOf(userId: UserId): void {
    this.#keep(userId, [])
  }

  /** The session of a user's token, or undefined where it is unknown, ended or over. */
  session(userId: UserId, tokenHash: string, nowMs: number): Session | undefined {
    const session = this.#sessionsOf(userId).find((one) => one.tokenHash === tokenHash)
    if (session === undefined || session.expiresAtMs <= nowMs) return undefined
    return this.#isOver(userId, session) ? undefined : session
  }

  /** The sessions of a user that are not over, in the order of their hashes. */
  sessionsOf(userId: UserId): readonly Session[] {
    return this.#sessionsOf(userId).filter((session) => !this.#isOver(userId, session))
  }

  /**
   * Takes back the memory of sessions that are over. Nobody can tell whether it was called: call it now
   * and then. It goes through a stretch of users at a time: go on until it is done, with turns in between.
   */
  *sweep(): Generator<void> {
    const { index } = this.#ports
    for (let user = 0; user < index.indexEnd; user++) {
      if (user % sweepStep === sweepStep - 1) yield
      if (this.#sessions.get(user) === 0) continue
      const userId = index.idOf(user) as UserId
      const all = this.#sessionsOf(userId)
      const left = all.filter((session) => !this.#isOver(userId, session))
      if (left.length < all.length) this.#keep(userId, left)
    }
  }

  /** Forgets all that is known here of a user: the partition is hosted no longer. */
  forget(userId: UserId): void {
    const user = this.#ports.index.find(userId)
    if (user < 0) return
    if (this.#accounts.get(user) !== 0) this.#size--
    this.#replace(this.#accounts, user, undefined)
    this.#keep(userId, [])
  }

  #accountOf(userId: UserId): { passwordHash: string; contact: Contact } | undefined {
    const bytes = this.#find(this.#accounts, userId)
    if (bytes === undefined) return undefined
    const [passwordHash, birthDate, ...rest] = bytes.toString().split('\0')
    const email = rest.join('\0')
    const contact = { ...(email !== '' && { email }), ...(birthDate && { birthDate }) }
    return { passwordHash: passwordHash!, contact }
  }

  /** All that are held of a user. */
  #sessionsOf(userId: UserId): Session[] {
    const found: Session[] = []
    const bytes = this.#find(this.#sessions, userId)
    if (bytes === undefined) return found
    for (let at = 0; at < bytes.length; ) {
      const end = at + 1 + bytes[at]!
      const tokenHash = bytes.latin1Slice(at + 1, end)
      found.push({ tokenHash, expiresAtMs: bytes.readDoubleLE(end) })
      at = end + endBytes
    }
    return found
  }

  /** Holds these sessions of a user, and no others. */
  #keep(userId: UserId, kept: Session[]): void {
    const heldCount = this.#sessionsOf(userId).length
    if (kept.length === 0 && heldCount === 0) return
    const user = this.#ports.index.intern(userId)
    this.#size += kept.length - heldCount
    this.#replace(this.#sessions, user, kept.length === 0 ? undefined : encoded(kept.sort(byHash)))
  }

  #find(references: RecordField, userId: UserId): Buffer | undefined {
    const user = this.#ports.index.find(userId)
    const reference = user < 0 ? 0 : references.get(user)
    if (reference === 0) return undefined
    return this.#bytes.view(reference)
  }

  #replace(references: RecordField, user: number, bytes: Uint8Array | undefined): void {
    const former = references.get(user)
    if (former === 0 && bytes === undefined) return
    references.set(user, bytes === undefined ? 0 : this.#bytes.put(bytes))
    if (former !== 0) this.#bytes.free(former)
  }

  #isOver(userId: UserId, { expiresAtMs }: Session): boolean {
    return expiresAtMs <= this.#ports.logTimeMsOf(userId)
  }
}

function encoded(sessions: readonly Session[]): Buffer {
  const length = sessions.reduce((sum, { tokenHash }) => sum + 1 + tokenHash.length + endBytes, 0)
  const bytes = Buffer.allocUnsafe(length)
  let at = 0
  for (const { tokenHash, expiresAtMs } of sessions) {
    bytes[at++] = tokenHash.length
    at += bytes.write(tokenHash, at, 'latin1')
    at = bytes.writeDoubleLE(expiresAtMs, at)
  }
  return bytes
}

function byHash(one: Session, other: Session): number {
  return one.tokenHash < other.tokenHash ? -1 : 1
}

/**
 * In an order that is the same everywhere. What is over comes first of all, so whether it was swept before makes no
 * difference to what is left.
 */
function byEnd(one: Session, other: Session): number {
  return one.expiresAtMs - other.expiresAtMs || byHash(one, other)
}
