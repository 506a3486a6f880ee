// The member registry in the memory of this process: for simulations and for the contract suite.

import { LogUnavailable } from '../log.ts'
import {
  type AnnounceTimes,
  byName,
  isForgotten,
  isNameTaken,
  type MemberRecord,
  seen,
} from '../member-rules.ts'
import type { Member, MemberRegistry, SeenMember } from '../members.ts'

export class MemoryMembers implements MemberRegistry {
  readonly #records: Map<string, MemberRecord>
  readonly #clock: () => number
  readonly #isClosed: () => boolean

  /** @param records shared by all handles on one medium. */
  constructor(options: {
    records: Map<string, MemberRecord>
    clock: () => number
    isClosed: () => boolean
  }) {
    this.#records = options.records
    this.#clock = options.clock
    this.#isClosed = options.isClosed
  }

  async announce(
    member: Member,
    { ttlMs, forgetAfterMs }: AnnounceTimes,
  ): Promise<readonly SeenMember[] | undefined> {
    this.#checkOpen()
    const nowMs = this.#clock()
    for (const [name, record] of this.#records) {
      // The clock was set back: the silence counts from now.
      if (record.heardAtMs > nowMs) this.#records.set(name, { ...record, heardAtMs: nowMs })
    }
    if (isNameTaken(this.#records.get(member.name), { member, nowMs, ttlMs })) return undefined
    // A copy: the caller may go on with its own lists.
    const said = structuredClone(member)
    this.#records.set(member.name, { member: said, heardAtMs: nowMs, isGone: false })
    for (const [name, record] of this.#records) {
      if (isForgotten(record, { nowMs, forgetAfterMs })) this.#records.delete(name)
    }
    const moment = { nowMs, ttlMs }
    return [...this.#records.values()].map((record) => seen(record, moment)).sort(byName)
  }

  async withdraw({ name, incarnation }: Pick<Member, 'name' | 'incarnation'>): Promise<void> {
    this.#checkOpen()
    const record = this.#records.get(name)
    if (record?.member.incarnation !== incarnation) return
    this.#records.set(name, { ...record, isGone: true })
  }

  #checkOpen(): void {
    if (this.#isClosed()) throw new LogUnavailable('This replication log was closed.')
  }
}
