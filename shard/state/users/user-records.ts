// User records: short lists of records that belong to a user, each under an id that says when it was made. A
// developer's applications are such; so are the reports that somebody made, and what operators did about them.
//
// Like the papers in a user's folder: they go where the folder goes. Hosted facts, kept as JavaScript objects,
// as they are never on a hot path. The definition of the record is all that snapshots, moves and digests need to
// know of a kind. Written by `apply` functions only.

import type { Field, Fields, RecordField, Values } from '../../../protocol/fields.ts'
import { f } from '../../../protocol/fields.ts'
import type { Partition, UserId } from '../../../protocol/ids.ts'
import { partitionOfId } from '../../../protocol/ids.ts'
import { encodeFields } from '../../../protocol/message-pack.ts'
import { decodeValue } from '../../../protocol/message-pack-reader.ts'

/** Every kind of record has an id of its user's partition. */
type WithId = Fields & { readonly id: Field }

export type Owned<R> = { readonly userId: UserId; readonly record: R }

export class UserRecords<F extends WithId = WithId> {
  readonly #field: RecordField<F>
  readonly #countMax: number
  /** Ascending by id. No list is empty. */
  readonly #of = new Map<UserId, readonly Values<F>[]>()

  /** @param countMax records of one user; the oldest one makes room */
  constructor(fields: F, countMax: number) {
    this.#field = f.record(fields)
    this.#countMax = countMax
  }

  /** Puts a record in, in place of an older one of its id. */
  put(userId: UserId, record: Values<F>): void {
    const others = this.listOf(userId).filter((other) => idOf(other) !== idOf(record))
    const list = [...others, record].sort((left, right) => idOf(left) - idOf(right))
    this.#of.set(userId, list.slice(-this.#countMax))
  }

  remove(userId: UserId, id: number): void {
    const others = this.listOf(userId).filter((other) => idOf(other) !== id)
    if (others.length === 0) this.#of.delete(userId)
    else this.#of.set(userId, others)
  }

  find(userId: UserId, id: number): Values<F> | undefined {
    return this.listOf(userId).find((record) => idOf(record) === id)
  }

  /** The records of a user, the oldest first. */
  listOf(userId: UserId): readonly Values<F>[] {
    return this.#of.get(userId) ?? []
  }

  /** The newest records of a partition that are older than `before`, the newest first. */
  newest(
    partition: Partition,
    { before, limit }: { readonly before: number; readonly limit: number },
  ): Owned<Values<F>>[] {
    const found: Owned<Values<F>>[] = []
    for (const [userId, records] of this.#of) {
      if (partitionOfId(userId) !== partition) continue
      for (const record of records) if (idOf(record) < before) found.push({ userId, record })
    }
    return found.sort((left, right) => idOf(right.record) - idOf(left.record)).slice(0, limit)
  }

  /** Forgets all that is known here of a user: the partition is hosted no longer. */
  forget(userId: UserId): void {
    this.#of.delete(userId)
  }

  /** The records of a user as bytes, for snapshots and digests. */
  encodedOf(userId: UserId): readonly Uint8Array[] {
    return this.listOf(userId).map((record) => encodeFields(this.#field.fields, record))
  }

  /** Puts one of `encodedOf` in, of this process or of another one. */
  restore(userId: UserId, encoded: Uint8Array): void {
    this.put(userId, decodeValue(this.#field, encoded) as Values<F>)
  }
}

/** Records of any kind, as bytes. */
export type KeptRecords = Pick<UserRecords, 'encodedOf' | 'restore' | 'forget'>

function idOf(record: object): number {
  return (record as { readonly id: number }).id
}
