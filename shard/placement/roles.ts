// Who serves and who hosts what: the plan of one process, worked out from what all have announced.
//
// Pure: the same view gives the same plan, so every process finds its own part by itself and all parts
// fit together. Two processes may look at different views for a moment; leases and epochs keep them
// apart then (shard/replication/log.ts), and the next views agree.
//
// Of each partition the ring gives an order of all names (protocol/placement.ts):
//
//   ring order of p:     b    d    a    c        with 1 replica b and d keep its users,
//                        └────┘                  and b, if it can, is its primary
//                      keepers of p
//
//   keepers   The first `replicas + 1` of all expected names: the members of the registry, dead and
//             leaving ones included until they are forgotten, and the names given as expected. So a
//             process that comes back soon finds its place, and nobody has moved a thing for it.
//   primary   The first in ring order that is live, ready and hosts p. Where there is none, the first
//             that is live and does not leave: it has to host p before it can serve it. That one may
//             be no keeper, where no keeper is there to do it.
//
// An operator may pin a partition to a process: its name then stands first in the order of that
// partition, and everything else follows from there. A name that nobody knows any more is left out.
//
// Nothing is dropped before all keepers have it: like a mountaineer, who takes the hand off the old hold
// when the new one bears. A process that may drop p stands behind all keepers in ring order; so of any
// chain of processes that rely on each other the first one stays, whatever views they have.

import type { Partition } from '../../protocol/ids.ts'
import { rank } from '../../protocol/placement.ts'
import type { SeenMember } from '../replication/members.ts'

/** What a process knows of the others when it plans. */
export type MemberView = {
  /** The name of the process that plans. */
  readonly me: string
  /** All that are not forgotten, live or not, each name once. */
  readonly members: readonly SeenMember[]
  /**
   * Names that have a place in the ring although they may never have been heard of. They count like
   * dead members: nobody waits for them where a partition would have no primary.
   */
  readonly expectedNames: readonly string[]
  readonly partitionCount: number
  /** How many processes host a partition beside its primary. */
  readonly replicas: number
  /** Who should serve a partition by the word of an operator. */
  readonly pinned?: ReadonlyMap<Partition, string>
}

/** What the process is to do next. */
export type RolePlan = {
  /** Hosted here and served by nobody who lives: to be acquired. */
  readonly gain: readonly Partition[]
  /** Served here, and to be served by another one, who is ready and hosts it. */
  readonly handOver: readonly { readonly partition: Partition; readonly to: string }[]
  /** To be hosted here anew; those that nobody can serve until then come first. */
  readonly host: readonly Partition[]
  /** Hosted here for nobody's benefit: may be dropped. */
  readonly drop: readonly Partition[]
}

/** Where a partition should be, by a view. */
export type WantedRoles = {
  /** Undefined where nobody is left to serve it. */
  readonly primary: string | undefined
  /** The names that should host it: its keepers, dead ones included, and its primary. */
  readonly hosts: readonly string[]
}

type Known = ReadonlyMap<string, SeenMember>

const nothing: RolePlan = { gain: [], handOver: [], host: [], drop: [] }

/** @returns an empty plan for a process that is not live in its own view. */
export function planRoles(view: MemberView): RolePlan {
  const known = knownIn(view)
  const me = known.get(view.me)
  if (me === undefined || !me.isLive) return nothing
  const gain: Partition[] = []
  const handOver: { partition: Partition; to: string }[] = []
  const hostFirst: Partition[] = []
  const hostThen: Partition[] = []
  const drop: Partition[] = []
  for (const [partition, order] of orderOf(view).entries()) {
    const wanted = wantedIn(order, { partition, known, replicas: view.replicas })
    const { primary } = wanted
    if (me.serving.includes(partition)) {
      const successor = primary === undefined ? undefined : known.get(primary)
      if (successor === undefined || successor === me || !canServe(successor, partition)) continue
      handOver.push({ partition, to: successor.name })
    } else if (me.hosted.includes(partition)) {
      if (primary === me.name && canServe(me, partition) && !isServed(known, partition)) {
        gain.push(partition)
      }
      if (isSpare(me, { partition, wanted, known })) drop.push(partition)
    } else if (me.state !== 'leaving' && wanted.hosts.includes(me.name)) {
      if (primary === me.name) hostFirst.push(partition)
      else hostThen.push(partition)
    }
  }
  return { gain, handOver, host: [...hostFirst, ...hostThen], drop }
}

/** Where a partition should be, by this view. */
export function wantedRoles(view: MemberView, partition: Partition): WantedRoles {
  const order = orderOf(view)[partition]
  if (order === undefined) throw new RangeError(`There is no partition ${partition}.`)
  return wantedIn(order, { partition, known: knownIn(view), replicas: view.replicas })
}

/**
 * Whether this process makes the snapshots of a partition: the last live and ready host in ring order
 * that does not serve it, or the one that does where it is alone. By one view that is exactly one, if
 * there is any such host.
 */
export function isSnapshotter(view: MemberView, partition: Partition): boolean {
  const known = knownIn(view)
  const hosts = (orderOf(view)[partition] ?? []).flatMap((name) => {
    const member = known.get(name)
    return member !== undefined && canServe(member, partition) ? [member] : []
  })
  const replicas = hosts.filter(({ serving }) => !serving.includes(partition))
  return (replicas.at(-1) ?? hosts.at(-1))?.name === view.me
}

function wantedIn(
  order: readonly string[],
  {
    partition,
    known,
    replicas,
  }: {
    readonly partition: Partition
    readonly known: Known
    readonly replicas: number
  },
): WantedRoles {
  const members = order.flatMap((name) => known.get(name) ?? [])
  const primary =
    members.find((member) => canServe(member, partition)) ??
    members.find(({ isLive, state }) => isLive && state !== 'leaving')
  const keepers = order.slice(0, replicas + 1)
  const isKeeper = primary === undefined || keepers.includes(primary.name)
  return { primary: primary?.name, hosts: isKeeper ? keepers : [...keepers, primary.name] }
}

/** Live, ready, and in possession of all facts: what it takes to serve a partition at once. */
function canServe(member: SeenMember, partition: Partition): boolean {
  return member.isLive && member.state === 'ready' && member.hosted.includes(partition)
}

function isServed(known: Known, partition: Partition): boolean {
  return [...known.values()].some(({ isLive, serving }) => isLive && serving.includes(partition))
}

/** Whether `me` hosts a partition that all who should host it have, and is none of them. */
function isSpare(
  me: SeenMember,
  {
    partition,
    wanted,
    known,
  }: {
    readonly partition: Partition
    readonly wanted: WantedRoles
    readonly known: Known
  },
): boolean {
  if (me.state !== 'ready' || wanted.hosts.includes(me.name)) return false
  return wanted.hosts.every((name) => {
    const member = known.get(name)
    return member !== undefined && canServe(member, partition)
  })
}

/** All names for each partition, those who should have it first. */
export function orderOf({
  members,
  expectedNames,
  partitionCount,
  pinned,
}: Pick<MemberView, 'members' | 'expectedNames' | 'partitionCount' | 'pinned'>) {
  const names = new Set([...members.map(({ name }) => name), ...expectedNames])
  if (names.size === 0) return []
  const byRing = rank([...names], { partitionCount, depth: names.size })
  if (pinned === undefined || pinned.size === 0) return byRing
  return byRing.map((order, partition) => {
    const name = pinned.get(partition)
    if (name === undefined || !names.has(name)) return order
    return [name, ...order.filter((other) => other !== name)]
  })
}

function knownIn({ members }: MemberView): Known {
  return new Map(members.map((member) => [member.name, member]))
}
