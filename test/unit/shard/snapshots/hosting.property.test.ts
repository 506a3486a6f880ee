import { join } from 'node:path'
import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Partition } from '../../../../protocol/ids.ts'
import { openSnapshot, writeSnapshot } from '../../../../shard/snapshots/snapshot-file.ts'
import type { ShardState } from '../../../../shard/state/shard-state.ts'
import { temporaryDirectory } from '../../../helpers/temporary-directory.ts'
import type { Entry } from './random-log.ts'
import {
  apply,
  cluster,
  entriesOf,
  logOf,
  partitions,
  someOrder,
  somePartitions,
  someSteps,
  stateHosting,
} from './random-log.ts'
import { expectSameStates } from './same-states.ts'

const partitionCount = partitions.length

function toItsEnd(steps: Generator<void, boolean>): boolean {
  for (;;) {
    const { done, value } = steps.next()
    if (done) return value
  }
}

/** Facts of one step: few, so that much happens in between. */
const stepFacts = 3

type Adopting = {
  readonly partition: Partition
  readonly source: Partition
  readonly side: ShardState
  readonly steps: Generator<void, boolean>
}

/** A live state that changes what it hosts between entries, as a process does that the ring moves. */
class Mover {
  readonly state: ShardState
  readonly hosted: Set<Partition>
  readonly #directory: string
  readonly #entries: readonly Entry[]
  readonly #removals = new Map<Partition, Generator<void>>()
  readonly #arrivals = new Map<Partition, Partition[]>()
  #adopting: Adopting | undefined
  #applied = 0

  constructor(directory: string, hosted: readonly Partition[], entries: readonly Entry[]) {
    this.state = stateHosting(hosted)
    this.hosted = new Set(hosted)
    this.#directory = directory
    this.#entries = entries
  }

  /** Applies one entry, then goes on with whatever is under way. */
  step(): void {
    const next = this.#entries.slice(this.#applied, ++this.#applied)
    apply(this.state, next)
    if (next[0]?.partition === this.#adopting?.source) apply(this.#adopting!.side, next)
    for (const [partition, removal] of this.#removals) {
      if (removal.next().done) this.#removals.delete(partition)
    }
    this.#adopt()
  }

  drop(partition: Partition): void {
    if (!this.hosted.delete(partition)) return
    this.#arrivals.delete(partition)
    if (this.#adopting?.partition === partition) this.#adopting = undefined
    this.#removals.set(partition, this.state.unhost(partition))
  }

  host(partition: Partition, order: readonly Partition[]): void {
    if (this.hosted.has(partition)) return
    this.#finishRemoval(partition)
    this.hosted.add(partition)
    this.#arrivals.set(partition, [...order])
  }

  finish(): void {
    for (const partition of [...this.#removals.keys()]) this.#finishRemoval(partition)
    while (this.#arrivals.size > 0) this.#adopt()
  }

  #finishRemoval(partition: Partition): void {
    for (const _step of this.#removals.get(partition) ?? []);
    this.#removals.delete(partition)
  }

  /** One step of what is being adopted, or of what is next. */
  #adopt(): void {
    this.#adopting ??= this.#nextToAdopt()
    if (this.#adopting === undefined) return
    const { partition, steps } = this.#adopting
    const { done, value: isHosted } = steps.next()
    if (!done) return
    this.#adopting = undefined
    expect(isHosted).toBe(this.#arrivals.get(partition)!.length === 0)
    expect(this.state.hosts(partition)).toBe(isHosted)
    if (isHosted) this.#arrivals.delete(partition)
  }

  #nextToAdopt(): Adopting | undefined {
    for (const [partition, sources] of this.#arrivals) {
      const source = sources.shift()!
      const side = this.#sideState(source)
      const given = { partition, source, partitionCount, stepFacts }
      return { partition, source, side, steps: this.state.adopt(side, given) }
    }
    return undefined
  }

  /** Hosts what is on its way here, and knows one log, half of it from a snapshot. */
  #sideState(source: Partition): ShardState {
    const log = logOf(this.#entries.slice(0, this.#applied), source)
    const cut = log.length >> 1
    const writer = stateHosting([source])
    apply(writer, log.slice(0, cut))
    const path = join(this.#directory, 'snapshot')
    writeSnapshot(path, writer, {
      cluster,
      partition: source,
      position: { epoch: 1, sequence: cut },
    })
    const side = stateHosting([...this.#arrivals.keys()])
    openSnapshot(path, { cluster, partition: source }).loadInto(side, { facts: 'hosted' })
    apply(side, log.slice(cut))
    return side
  }
}

test('I7: whoever hosted partitions now and then knows what one knows who always did', () => {
  const directory = temporaryDirectory('hosting')
  const move = fc.record({
    at: fc.double({ min: 0, max: 1, noNaN: true }),
    partition: fc.constantFrom(...partitions),
    order: someOrder,
  })
  const moves = fc.array(move, { minLength: 1, maxLength: 12, size: 'max' })
  fc.assert(
    fc.property(someSteps, somePartitions, moves, (steps, hosted, wanted) => {
      const entries = entriesOf(steps)
      const mover = new Mover(directory, hosted, entries)
      for (let number = 0; number < entries.length; number++) {
        mover.step()
        for (const { at, partition, order } of wanted) {
          if (Math.floor(at * entries.length) !== number) continue
          if (mover.hosted.has(partition)) mover.drop(partition)
          else mover.host(partition, order)
        }
      }
      mover.finish()
      const always = stateHosting([...mover.hosted])
      apply(always, entries)
      expectSameStates([mover.state, always], { entries, hosted: [...mover.hosted] })
    }),
    { numRuns: 60 },
  )
})

describe('hosting anew', () => {
  const steps = Array.from({ length: 200 }, (_, number) => ({
    does: (['post', 'follow', 'favorite'] as const)[number % 3]!,
    who: number >> 1,
    which: number * 13 + (number >> 3),
  }))
  const entries = entriesOf(steps)
  const sideOf = (partition: Partition, source: Partition, log = logOf(entries, source)) => {
    const side = stateHosting([partition])
    apply(side, log)
    return side
  }

  test('a source that may come once more changes nothing the second time', () => {
    const live = stateHosting([0])
    apply(live, entries)
    for (const source of [2, 2, 0, 1, 1, 3]) {
      toItsEnd(live.adopt(sideOf(1, source), { partition: 1, source, partitionCount }))
    }
    const always = stateHosting([0, 1])
    apply(always, entries)
    expectSameStates([live, always], { entries, hosted: [0, 1] })
    const again = live.adopt(sideOf(1, 2), { partition: 1, source: 2, partitionCount })
    expect(toItsEnd(again)).toBe(true)
  })

  test('a state on the side that stands elsewhere in the log is refused', () => {
    const live = stateHosting([])
    apply(live, entries)
    const behind = sideOf(1, 1, logOf(entries, 1).slice(0, 2))
    const given = { partition: 1, source: 1, partitionCount }
    expect(() => live.adopt(behind, given).next()).toThrow('on the side')
    expect(() => live.adopt(stateHosting([2]), given).next()).toThrow('does not host')
    expect(live.isHosted(16)).toBe(false)
  })

  test('edges that are missing are noticed before the partition counts as hosted', () => {
    const live = stateHosting([])
    apply(live, entries)
    const adopt = (source: Partition, side: ShardState) =>
      toItsEnd(live.adopt(side, { partition: 1, source, partitionCount }))
    for (const source of [0, 1, 2]) expect(adopt(source, sideOf(1, source))).toBe(false)
    const lacking = logOf(entries, 3).filter(({ event }) => event['followeeId'] === undefined)
    expect(() => adopt(3, sideOf(1, 3, lacking))).toThrow('not whole')
    expect(live.hosts(1)).toBe(false)
  })

  test('waits until the partition is gone', () => {
    const live = stateHosting([1])
    apply(live, entries)
    const removal = live.unhost(1)
    const given = { partition: 1, source: 1, partitionCount }
    expect(live.hosts(1)).toBe(false)
    expect(() => live.adopt(sideOf(1, 1), given).next()).toThrow('still being removed')
    for (const _step of removal);
    expect(toItsEnd(live.adopt(sideOf(1, 1), given))).toBe(false)
    expect(live.isHosted(1 * 16)).toBe(true)
  })

  test('a timeline that somebody read before they were hosted is built anew', () => {
    const live = stateHosting([])
    apply(live, entries)
    const readers = [...live.users.index.listOf(1)]
    const page = { before: Number.MAX_SAFE_INTEGER, limit: 800 }
    const lengths = (): number[] =>
      readers.map((reader) => live.readHome(reader, page, new Float64Array(800)))
    const before = lengths()
    for (const source of partitions) {
      toItsEnd(live.adopt(sideOf(1, source), { partition: 1, source, partitionCount }))
    }
    const always = stateHosting([1])
    apply(always, entries)
    const expected = readers.map((reader) => {
      const user = always.users.find(live.users.idOf(reader))
      return always.readHome(user, page, new Float64Array(800))
    })
    expect(lengths()).toEqual(expected)
    expect(expected).not.toEqual(before)
  })

  test('forgetting goes in steps, however many edges somebody has', () => {
    const live = stateHosting([1])
    const followee = 5_000 * 4_096 + 16
    for (let number = 1; number <= 5_000; number++) {
      const follower = number * 4_096 + 2 * 16
      live.follow(follower as never, followee as never)
      live.follow(followee as never, follower as never)
    }
    expect(live.followers.edgeCount).toBe(10_000)
    let steps = 0
    for (const _step of live.unhost(1)) steps++
    expect(steps).toBeGreaterThanOrEqual(8)
    expect([live.followers.edgeCount, live.followings.edgeCount]).toEqual([0, 0])
  })
})
