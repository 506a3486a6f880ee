// A cluster in which processes do what shard/placement/roles.ts plans for them, without a log, a clock or a wait: so
// that a test can look at each step. And arbitrary views, as a registry might show them.

import fc from 'fast-check'
import { expect } from 'vitest'
import {
  type MemberView,
  planRoles,
  type RolePlan,
  wantedRoles,
} from '../../shard/placement/roles.ts'
import type { Member, SeenMember } from '../../shard/replication/members.ts'

export const partitionCount = 32
export const partitions = Array.from({ length: partitionCount }, (_, partition) => partition)
export const shards = (count: number) =>
  Array.from({ length: count }, (_, number) => `shard-${number}`)
/** Host, acquire or hand over, drop, and one more for what a changed state of a process brings. */
const roundsMax = 6

type Process = {
  name: string
  incarnation: string
  isLive: boolean
  state: Member['state']
  hosted: Set<number>
  serving: Set<number>
}

/** A cluster that does what the plans say, with leases as the log would give them. */
export class World {
  readonly processes = new Map<string, Process>()
  readonly replicas: number
  readonly expectedNames: readonly string[]
  /** How often a process hosted a partition anew, or a partition got another primary. */
  hostings = 0
  moves = 0
  #starts = 0

  constructor(options: { replicas: number; expectedNames?: readonly string[] }) {
    this.replicas = options.replicas
    this.expectedNames = options.expectedNames ?? []
  }

  start(name: string): void {
    const empty = { hosted: new Set<number>(), serving: new Set<number>() }
    const incarnation = String(++this.#starts)
    this.processes.set(name, { name, incarnation, isLive: true, state: 'joining', ...empty })
  }

  kill(name: string): void {
    // What it said last stays in the registry.
    this.process(name).isLive = false
  }

  process(name: string): Process {
    const process = this.processes.get(name)
    if (process === undefined) throw new Error(`there is no ${name}`)
    return process
  }

  get members(): SeenMember[] {
    return [...this.processes.values()].map(({ hosted, serving, ...rest }) => ({
      ...rest,
      address: '',
      hosted: [...hosted],
      serving: [...serving],
      positions: [],
      silentMs: 0,
    }))
  }

  view(me: string, members = this.members): MemberView {
    const { replicas, expectedNames } = this
    return { me, members, expectedNames, partitionCount, replicas }
  }

  primaryOf(partition: number): Process | undefined {
    return [...this.processes.values()].find(
      ({ isLive, serving }) => isLive && serving.has(partition),
    )
  }

  liveHosts(partition: number): string[] {
    return [...this.processes.values()]
      .filter(({ isLive, hosted }) => isLive && hosted.has(partition))
      .map(({ name }) => name)
      .sort()
  }

  get primaries(): (string | undefined)[] {
    return partitions.map((partition) => this.primaryOf(partition)?.name)
  }

  /** One process acts on what it has seen. @returns whether there was anything to do. */
  act(name: string, members = this.members): boolean {
    const process = this.process(name)
    if (!process.isLive) return false
    const plan = planRoles(this.view(name, members))
    for (const partition of plan.gain) this.#acquire(process, partition)
    for (const { partition, to } of plan.handOver) {
      process.serving.delete(partition)
      const successor = this.process(to)
      if (successor.isLive && successor.hosted.has(partition)) this.#acquire(successor, partition)
    }
    for (const partition of plan.host) {
      process.hosted.add(partition)
      this.hostings++
    }
    for (const partition of plan.drop) {
      expect(process.serving.has(partition)).toBe(false)
      process.hosted.delete(partition)
    }
    if (process.state === 'joining' && plan.host.length === 0) {
      process.state = 'ready'
      return true
    }
    return !isEmpty(plan)
  }

  /** All act on the same view. @returns whether anybody had anything to do. */
  round(): boolean {
    const { members } = this
    const acted = [...this.processes.keys()].map((name) => this.act(name, members))
    return acted.includes(true)
  }

  /** @returns the rounds until nobody had anything to do. */
  settle(): number {
    for (let round = 0; round <= roundsMax; round++) {
      const before = partitions.map((partition) => this.liveHosts(partition).length)
      const isBusy = this.round()
      for (const partition of partitions) {
        if (before[partition]! > 0) expect(this.liveHosts(partition)).not.toEqual([])
      }
      if (!isBusy) return round
    }
    throw new Error(`still busy after ${roundsMax} rounds`)
  }

  #acquire(process: Process, partition: number): void {
    if (this.primaryOf(partition) !== undefined) return
    expect(process.hosted.has(partition)).toBe(true)
    process.serving.add(partition)
    this.moves++
  }
}

export function isEmpty({ gain, handOver, host, drop }: RolePlan): boolean {
  return gain.length + handOver.length + host.length + drop.length === 0
}

export function settled(count: number, replicas: number): World {
  const world = new World({ replicas })
  for (const name of shards(count)) world.start(name)
  world.settle()
  return world
}

/** Where everybody lives, is ready and has settled. */
export function expectInPlace(world: World): void {
  const names = [...world.processes.keys()]
  for (const partition of partitions) {
    const { primary, hosts } = wantedRoles(world.view(names[0]!), partition)
    expect(world.primaryOf(partition)?.name).toBe(primary)
    expect(world.liveHosts(partition)).toEqual([...hosts].sort())
    expect(hosts).toHaveLength(Math.min(names.length, world.replicas + 1))
  }
}

const someOf = fc.uniqueArray(fc.constantFrom(...partitions), { maxLength: partitionCount })
const anyMember = (name: string) =>
  fc
    .record({
      isLive: fc.boolean(),
      state: fc.constantFrom('joining', 'ready', 'leaving'),
      hosted: someOf,
      serving: someOf,
    })
    .map(({ isLive, state, hosted, serving }): SeenMember => {
      const served = serving.filter((partition) => hosted.includes(partition))
      const rest = { incarnation: 'x', address: '', positions: [], silentMs: 0 }
      return { name, isLive, state, hosted, serving: served, ...rest }
    })
/** Whatever a registry may show, contradictions included. */
export const anyView = fc
  .integer({ min: 1, max: 6 })
  .chain((count) =>
    fc.record({
      members: fc.tuple(...shards(count).map(anyMember)),
      expectedNames: fc.subarray(shards(8)),
      replicas: fc.integer({ min: 0, max: 3 }),
    }),
  )
  .map((view) => ({ ...view, partitionCount }))
