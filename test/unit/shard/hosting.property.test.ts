// Hosting anew over logs that go on meanwhile, and that cannot be read now and then.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import type { Partition } from '../../../protocol/ids.ts'
import { applyTo } from '../../../shard/apply-entry.ts'
import { Hosting } from '../../../shard/hosting.ts'
import { LogUnavailable, type ReplicationLog } from '../../../shard/replication/log.ts'
import { type LogPosition, logStart } from '../../../shard/replication/position.ts'
import type { ShardState } from '../../../shard/state/shard-state.ts'
import { randomFrom } from '../../simulation/simulated-cluster.ts'
import {
  apply,
  type Entry,
  entriesOf,
  logOf,
  partitions,
  somePartitions,
  someSteps,
  stateHosting,
} from './snapshots/random-log.ts'
import { expectSameStates } from './snapshots/same-states.ts'

/** A live state that applies some more entries whenever somebody waits. */
class World {
  readonly state: ShardState
  readonly hosting: Hosting
  /** The sources that were begun, in order. */
  readonly begun: Partition[] = []
  /** Whether the next read fails. */
  isAway: () => boolean = () => false
  /** Whether there is no snapshot to begin with. */
  isLost = false
  readonly #entries: readonly Entry[]
  readonly #random: () => number
  #applied = 0

  constructor(hosted: readonly Partition[], entries: readonly Entry[], random: () => number) {
    this.state = stateHosting(hosted)
    this.#entries = entries
    this.#random = random
    this.hosting = new Hosting({
      state: this.state,
      partitionCount: partitions.length,
      applyTo,
      stepFacts: 3,
      position: (partition) => this.#position(partition),
      log: { read: (wanted: Wanted) => this.#read(wanted) } as unknown as ReplicationLog,
      restoreHosted: async (_side, source) => {
        if (this.isLost) throw new Error('no snapshot is anywhere')
        this.begun.push(source)
        return logStart
      },
      defer: (task) => {
        this.goOn(3)
        setImmediate(task)
      },
    })
  }

  /** Applies up to so many entries. */
  goOn(countMax: number): void {
    const count = Math.round(this.#random() * countMax)
    for (const entry of this.#entries.slice(this.#applied, this.#applied + count)) {
      this.hosting.applied(entry.partition, entry.payload)
      apply(this.state, [entry])
      this.#applied++
    }
  }

  finish(): void {
    while (this.#applied < this.#entries.length) this.goOn(this.#entries.length)
  }

  #position(partition: Partition): LogPosition {
    const sequence = logOf(this.#entries.slice(0, this.#applied), partition).length
    return sequence === 0 ? logStart : { epoch: 1, sequence }
  }

  async #read({ partition, after: { sequence } }: Wanted) {
    this.goOn(3)
    if (this.isAway()) throw new LogUnavailable('away for a moment')
    const found = logOf(this.#entries, partition).slice(sequence, sequence + 3)
    return found.map(({ payload }, place) => ({
      position: { epoch: 1, sequence: sequence + place + 1 },
      payload,
      isBarrier: false,
    }))
  }
}

type Wanted = { readonly partition: Partition; readonly after: LogPosition }

test('I7: whatever came in between, what is hosted is whole, and nothing is left of what was given up', async () => {
  const seeds = fc.integer({ min: 0, max: 2 ** 31 - 1 })
  await fc.assert(
    fc.asyncProperty(someSteps, somePartitions, seeds, async (steps, hosted, seed) => {
      const random = randomFrom(seed)
      const entries = entriesOf(steps)
      const world = new World(hosted, entries, random)
      world.isAway = () => random() < 0.1
      world.goOn(entries.length)
      const missing = partitions.filter((partition) => !hosted.includes(partition))
      const now = new Set(hosted)
      for (let attempt = 0; attempt < 4; attempt++) {
        try {
          await world.hosting.host(missing)
          for (const partition of missing) now.add(partition)
          break
        } catch (error) {
          expect(error).toBeInstanceOf(LogUnavailable)
        }
      }
      for (const partition of world.hosting.unfinished) await world.hosting.drop(partition)
      world.finish()
      const always = stateHosting([...now])
      apply(always, entries)
      expectSameStates([world.state, always], { entries, hosted: [...now] })
    }),
    { numRuns: 30 },
  )
})

test('a source that is through is not read again when another one was away', async () => {
  const steps = Array.from({ length: 200 }, (_, number) => ({
    does: (['post', 'follow', 'favorite'] as const)[number % 3]!,
    who: number >> 1,
    which: number * 13 + (number >> 3),
  }))
  const world = new World([], entriesOf(steps), () => 1)
  world.finish()
  world.isAway = () => world.begun.at(-1) === 2
  await expect(world.hosting.host([0, 1])).rejects.toThrow(LogUnavailable)
  expect(world.begun).toEqual([0, 1, 2])
  expect(world.hosting.unfinished).toEqual([0, 1])
  world.isAway = () => false
  await world.hosting.host([0, 1])
  expect(world.begun).toEqual([0, 1, 2, 2, 3])
  expect(world.hosting.unfinished).toEqual([])
  expect([0, 1, 2].map((partition) => world.state.hosts(partition))).toEqual([true, true, false])
})

test('what cannot be recovered now is one more reason to try again, and not to end', async () => {
  const world = new World([], entriesOf([{ does: 'signUp', who: 1, which: 0 }]), () => 1)
  world.finish()
  world.isLost = true
  await expect(world.hosting.host([0])).rejects.toThrow(LogUnavailable)
  world.isLost = false
  await world.hosting.host([0])
  expect(world.state.hosts(0)).toBe(true)
})
