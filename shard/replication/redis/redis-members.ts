// The member registry on Redis: one hash for the whole cluster, and one round trip for each heartbeat.
//
// Who is live is judged by Redis's own clock inside the script that takes the heartbeat, so the clocks
// of the machines need not agree.

import { type AnnounceTimes, byName, decodeMember, encodeMember } from '../member-rules.ts'
import type { Member, MemberRegistry, SeenMember } from '../members.ts'
import type { Link } from './redis-link.ts'
import { scripts } from './redis-scripts.ts'

/** The key of the hash: with a hash tag of its own, since it belongs to no partition. */
export function membersKeyOf(cluster: string): string {
  return `${cluster}:{members}`
}

export class RedisMembers implements MemberRegistry {
  readonly #link: Link
  readonly #key: string

  constructor({ link, cluster }: { link: Link; cluster: string }) {
    this.#link = link
    this.#key = membersKeyOf(cluster)
  }

  async announce(
    member: Member,
    { ttlMs, forgetAfterMs }: AnnounceTimes,
  ): Promise<readonly SeenMember[] | undefined> {
    const { name, incarnation } = member
    const reply = await this.#link.run(scripts.announce, {
      keys: [this.#key],
      args: [name, incarnation, encodeMember(member), ttlMs, forgetAfterMs],
    })
    return reply === null ? undefined : seenIn(reply as readonly (Buffer | number)[]).sort(byName)
  }

  async withdraw({ name, incarnation }: Pick<Member, 'name' | 'incarnation'>): Promise<void> {
    await this.#link.run(scripts.withdraw, { keys: [this.#key], args: [name, incarnation] })
  }
}

function seenIn(reply: readonly (Buffer | number)[]): SeenMember[] {
  return Array.from({ length: reply.length / 3 }, (_, index) => index * 3).flatMap((at) => {
    const member = decodeMember(reply[at] as Buffer)
    const silentMs = reply[at + 1] as number
    return member === undefined ? [] : [{ ...member, silentMs, isLive: reply[at + 2] === 1 }]
  })
}
