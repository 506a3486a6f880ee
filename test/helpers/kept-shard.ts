// A placement keeper over a shard that only notes what it is told to do, and a registry that says what the
// test wants the others to have said. Two partitions, no replicas.

import { rank } from '../../protocol/placement.ts'
import { Membership } from '../../shard/placement/membership.ts'
import { PlacementKeeper } from '../../shard/placement/placement-keeper.ts'
import { LogUnavailable } from '../../shard/replication/log.ts'
import type { Member, SeenMember } from '../../shard/replication/members.ts'
import type { LogPosition } from '../../shard/replication/position.ts'
import type { Shard } from '../../shard/shard.ts'

const partitionCount = 2
export const partitions = [0, 1]

type Said = Partial<Member> & Pick<Member, 'name'>

/** What a keeper may ask of a shard. */
class NotingShard {
  readonly calls: string[] = []
  readonly hosted: Set<number>
  readonly serving: Set<number>
  position: LogPosition = { epoch: 1, sequence: 1 }
  /** What hosting waits for, where a test wants it under way. */
  hosting: Promise<void> = Promise.resolve()
  readonly state = { hosts: (partition: number) => this.hosted.has(partition) }
  readonly follower = { position: () => this.position }

  constructor(hosted: readonly number[], serving: readonly number[]) {
    this.hosted = new Set(hosted)
    this.serving = new Set(serving)
  }

  status() {
    return { serving: [...this.serving].map((one) => [one, 1] as const), hosted: [...this.hosted] }
  }

  isServing(partition: number): boolean {
    return this.serving.has(partition)
  }

  async gain(partition: number): Promise<void> {
    this.calls.push(`gain ${partition}`)
    this.serving.add(partition)
  }

  standDown(partition: number): void {
    this.calls.push(`stand down ${partition}`)
    this.serving.delete(partition)
  }

  async handOver(partition: number): Promise<number | undefined> {
    this.calls.push(`hand over ${partition}`)
    return this.serving.delete(partition) ? 1 : undefined
  }

  readonly unfinished = []

  async host(partitions: readonly number[]): Promise<readonly number[]> {
    this.calls.push(`host ${partitions.join(' and ')}`)
    await this.hosting
    for (const partition of partitions) this.hosted.add(partition)
    return partitions
  }

  async drop(partition: number): Promise<void> {
    this.calls.push(`drop ${partition}`)
    this.hosted.delete(partition)
  }
}

export class KeptShard {
  nowMs = 1_000_000
  isRegistryAway = false
  isNameTaken = false
  isPeerAway = false
  readonly shard: NotingShard
  readonly membership: Membership
  readonly keeper: PlacementKeeper
  readonly handedOver: [address: string, partition: number][] = []
  readonly errors: string[] = []
  readonly #others = new Map<string, SeenMember>()

  constructor({
    hosted,
    serving = [],
  }: { hosted: readonly number[]; serving?: readonly number[] }) {
    this.shard = new NotingShard(hosted, serving)
    this.membership = this.#makeMembership()
    this.membership.state = 'ready'
    this.keeper = new PlacementKeeper({
      shard: this.shard as unknown as Shard,
      membership: this.membership,
      handOver: async (address, { partition }) => {
        if (this.isPeerAway) throw new Error('nobody answers')
        this.handedOver.push([address, partition])
      },
      dropAfterMs: 1_000,
      now: () => this.nowMs,
      pause: async (ms) => {
        this.nowMs += ms
      },
      onError: (_error, message) => this.errors.push(message),
      onMove: () => undefined,
      onFatal: (error) => this.errors.push(error.message),
    })
  }

  get problem(): string | undefined {
    return this.keeper.problem
  }

  /** One round of the keeper, and everything that follows from it. */
  async tick(): Promise<void> {
    await this.keeper.tick()
    for (let turn = 0; turn < 5; turn++) await new Promise((resolve) => setImmediate(resolve))
  }

  /** Another process has announced itself. */
  say(said: Said): void {
    const { name } = said
    const position = this.shard.position
    this.#others.set(name, {
      incarnation: '1',
      address: `${name}:1`,
      state: 'ready',
      hosted: [],
      serving: [],
      positions: [position, position],
      silentMs: 0,
      isLive: true,
      ...said,
    })
  }

  /** Somebody who is ready and hosts everything, under a name that the ring gives a partition to. */
  neighborOfAll(): { other: Said & { address: string } } {
    const other = { name: 'other', address: 'other:1', hosted: partitions, serving: [] }
    if (this.wantedBy('other').length === 0) throw new Error('choose another name')
    return { other }
  }

  /** The partitions that the ring gives to one of the two. */
  wantedBy(name: string): number[] {
    const ranking = rank(['me', 'other'], { partitionCount, depth: 1 })
    return partitions.filter((partition) => ranking[partition]?.[0] === name)
  }

  #makeMembership(): Membership {
    const membership = new Membership({
      name: 'me',
      incarnation: '1',
      registry: {
        announce: async (member) => {
          if (this.isRegistryAway) throw new LogUnavailable('away')
          if (this.isNameTaken) return undefined
          return [...this.#others.values(), { ...member, silentMs: 0, isLive: true }]
        },
        withdraw: async () => undefined,
      },
      partitionCount,
      replicas: 0,
      expectedNames: [],
      ttlMs: 800,
      replaceAfterMs: 60_000,
      now: () => this.nowMs,
      pause: async (ms) => {
        this.nowMs += ms
      },
    })
    membership.ownWork = () => ({
      hosted: [...this.shard.hosted],
      serving: [...this.shard.serving],
      positions: [this.shard.position, this.shard.position],
    })
    return membership
  }
}
