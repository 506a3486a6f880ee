// Who has just become ready. A process that has started is busy with itself for a moment longer: it reads what has been
// written since its snapshots, fills its index, compiles what it runs, and gateways link to it. Writes to a partition that it
// were given now would wait for all that.

import type { SeenMember } from '../replication/members.ts'
import type { MemberView } from './roles.ts'

/** For so long somebody who is ready is new. */
const newMs = 3_000

export class Newcomers {
  readonly #now: () => number
  /** When each process was seen ready for the first time. */
  #readySinceMs: ReadonlyMap<string, number> = new Map()

  /** @param now milliseconds that only ever go forward */
  constructor(now: () => number) {
    this.#now = now
  }

  /** Call it with every new view. */
  see({ members }: Pick<MemberView, 'members'>): void {
    const nowMs = this.#now()
    const ready = members.filter(({ state }) => state === 'ready').map(keyOf)
    this.#readySinceMs = new Map(ready.map((key) => [key, this.#readySinceMs.get(key) ?? nowMs]))
  }

  has(member: Life): boolean {
    const sinceMs = this.#readySinceMs.get(keyOf(member))
    return sinceMs === undefined || this.#now() - sinceMs < newMs
  }
}

type Life = Pick<SeenMember, 'name' | 'incarnation'>

function keyOf({ name, incarnation }: Life): string {
  return `${name} ${incarnation}`
}
