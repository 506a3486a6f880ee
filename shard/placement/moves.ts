// What has become of partitions: each step as an operator is told of it, and whose place was taken.

import type { Partition } from '../../protocol/ids.ts'
import type { MemberView } from './roles.ts'

/** A step of a partition from one process to another. */
export type Move = {
  readonly partition: Partition
  readonly what: 'hosted' | 'dropped' | 'handed over' | 'taken over'
  /** How long it took. */
  readonly ms: number
  /** Who served it before, where that is known. */
  readonly from?: string
  readonly to?: string
  /** Why it was taken over from a primary that had gone without a word: a failover. */
  readonly cause?: string
}

/** Who served each partition when it was last looked at: the one to blame when nobody does. */
export class FormerPrimaries {
  /** By partition. */
  readonly #last = new Map<Partition, { readonly name: string; readonly incarnation: string }>()

  /** Call it with every new view. */
  see({ me, members }: Pick<MemberView, 'me' | 'members'>): void {
    for (const { name, incarnation, isLive, serving } of members) {
      if (name === me) continue
      for (const partition of serving) {
        // What a dead one said last is news to who has just begun to look.
        if (isLive || !this.#last.has(partition)) this.#last.set(partition, { name, incarnation })
      }
    }
  }

  /**
   * Who was lost, and how that showed.
   * @returns undefined where nobody was: whoever served it lives, and has given it back or never had it
   */
  loss(
    partition: Partition,
    { me, members }: Pick<MemberView, 'me' | 'members'>,
  ): Required<Pick<Move, 'from' | 'cause'>> | undefined {
    const last = this.#last.get(partition)
    if (last === undefined) return undefined
    const from = last.name
    const member = members.find(({ name }) => name === from)
    if (member === undefined) return { from, cause: `${from} was forgotten` }
    if (member.incarnation !== last.incarnation) return { from, cause: `${from} was started again` }
    if (member.isLive) return undefined
    const silence = `${Math.round(member.silentMs)} ms after its last word`
    return { from, cause: `${from} died or does not answer, and ${me} acted ${silence}` }
  }
}
