// Serving at random: readers on several shards that lag behind the log and are killed, clients that say what they have
// seen late, twice or never, a primary that dies with decisions in its hands. Beside it a naive model of what counts.

import fc from 'fast-check'
import { expect, test } from 'vitest'
import { decodeEvent } from '../../../../protocol/event.ts'
import { partitionOfId, type UserId } from '../../../../protocol/ids.ts'
import { MessagePackWriter } from '../../../../protocol/message-pack.ts'
import type { Promoted } from '../../../../protocol/promotions.ts'
import { handlersByCode } from '../../../../shard/handlers.ts'
import type { WriteHandler } from '../../../../shard/operations/implement.ts'
import { promotionImpressionHandler } from '../../../../shard/operations/promotion-impression.ts'
import { promotionPauseHandler } from '../../../../shard/operations/promotion-pause.ts'
import { promotionResumeHandler } from '../../../../shard/operations/promotion-resume.ts'
import { timelineHomeHandler } from '../../../../shard/operations/timeline-home.ts'
import { userFollowHandler } from '../../../../shard/operations/user-follow.ts'
import { digestOf } from '../../../../shard/snapshots/digest.ts'
import { ShardState } from '../../../../shard/state/shard-state.ts'
import type { Prepared } from '../../../helpers/called.ts'
import { PromotionWorld } from '../../../helpers/promotion-world.ts'
import { decodeStrictly } from '../../../helpers/strict-decode.ts'

const dayMs = 24 * 60 * 60 * 1000
const price = 100
const shardCount = 2
const readerCount = 4

type Step =
  | { readonly kind: 'read' | 'catch up' | 'kill'; readonly shard: number; readonly reader: number }
  | { readonly kind: 'say' | 'forget'; readonly place: number }
  | { readonly kind: 'land' | 'fail over' | 'pause' | 'resume' | 'next day' }

const plain = ['land', 'fail over', 'pause', 'resume', 'next day'] as const
const steps: fc.Arbitrary<Step> = fc.oneof(
  { weight: 5, arbitrary: shardStep('read') },
  { weight: 2, arbitrary: shardStep('catch up') },
  { weight: 1, arbitrary: shardStep('kill') },
  { weight: 6, arbitrary: fc.record({ kind: fc.constant('say' as const), place: fc.nat(30) }) },
  { weight: 4, arbitrary: fc.constant({ kind: 'land' as const }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constantFrom(...plain) }) },
)

function shardStep(kind: 'read' | 'catch up' | 'kill'): fc.Arbitrary<Step> {
  const [shard, reader] = [fc.nat(shardCount - 1), fc.nat(readerCount - 1)]
  return fc.record({ kind: fc.constant(kind), shard, reader })
}

type Entry = Promoted & { readonly reader: UserId; readonly shownAtMs: number }
type Saying = {
  readonly entry: Entry
  readonly write: Prepared<typeof promotionImpressionHandler.operation>
}

/** A shard process that serves readers, and reads the log in its own time. */
class ServingShard {
  #state = new ShardState()
  #read = 0
  readonly #world: PromotionWorld

  constructor(world: PromotionWorld) {
    this.#world = world
    this.kill()
  }

  kill(): void {
    this.#state = new ShardState()
    for (let partition = 0; partition < 64; partition++) this.#state.host(partition)
    const read = this.#read
    this.#read = 0
    this.catchUp(read)
  }

  catchUp(to = this.#world.shard.log.length): void {
    for (const { payload } of this.#world.shard.log.slice(this.#read, to)) {
      const { operation, event } = decodeEvent(payload)
      const handler = handlersByCode.get(operation.code) as unknown as WriteHandler<unknown>
      handler.apply(this.#state, event as never)
    }
    this.#read = to
  }

  read(reader: UserId): readonly Promoted[] {
    const { shard } = this.#world
    const writer = new MessagePackWriter()
    const context = {
      actor: reader,
      actorIndex: this.#state.users.find(reader),
      partition: partitionOfId(reader),
      partitionCount: 64,
      nowMs: shard.nowMs,
      liveEpoch: 'k3x9',
      subscriptions: undefined,
      tokenHash: undefined,
    }
    timelineHomeHandler.read(this.#state, context, {}, writer)
    const { answer } = timelineHomeHandler.operation
    return decodeStrictly(answer, writer.view()).promoted ?? []
  }

  digest(partition: number): string {
    this.catchUp()
    return digestOf(this.#state, partition, { slice: 0, slices: 1 })
  }
}

/** What counts, as a person would say it. */
class Model {
  readonly counted = new Set<string>()
  readonly budgetMicros: number

  constructor(budgetMicros: number) {
    this.budgetMicros = budgetMicros
  }

  say({ reader, impression, shownAtMs }: Entry, nowMs: number): void {
    const isOld = Math.floor(nowMs / dayMs) - Math.floor(shownAtMs / dayMs) > 1
    if (isOld || (this.counted.size + 1) * price > this.budgetMicros) return
    this.counted.add(`${reader} ${impression}`)
  }
}

class Run {
  readonly world = new PromotionWorld()
  readonly readers: readonly UserId[]
  readonly shards: readonly ServingShard[]
  readonly model: Model
  readonly cap: number
  readonly promotionId: number
  shown: Entry[] = []
  sayings: Saying[] = []

  constructor({ budget, cap }: { readonly budget: number; readonly cap: number }) {
    const { world } = this
    world.fill(20)
    this.cap = cap
    this.readers = [world.alice, ...world.shard.signUp('dan', 'eve', 'finn')]
    for (const reader of this.readers.slice(1)) {
      world.shard.ask(userFollowHandler, reader, { userId: world.bob })
    }
    const terms = { budgetMicros: budget, pricePerImpressionMicros: price, frequencyCap: cap }
    this.promotionId = world.promote(terms).id
    this.model = new Model(budget)
    this.shards = Array.from({ length: shardCount }, () => new ServingShard(world))
    for (const shard of this.shards) shard.catchUp()
  }

  take(step: Step): void {
    const { world, promotionId } = this
    if (step.kind === 'read') this.#read(step.shard, this.readers[step.reader]!)
    else if (step.kind === 'catch up') this.shards[step.shard]!.catchUp()
    else if (step.kind === 'kill') this.shards[step.shard]!.kill()
    else if (step.kind === 'say') this.#say(step.place)
    else if (step.kind === 'land') this.land()
    else if (step.kind === 'fail over') this.sayings = []
    else if (step.kind === 'next day') this.#nextDay()
    else if (step.kind === 'pause')
      world.shard.call(promotionPauseHandler, world.ada, { promotionId })
    else world.shard.call(promotionResumeHandler, world.ada, { promotionId })
  }

  /** No write waits for its entry for a day. */
  #nextDay(): void {
    this.landAll()
    this.world.shard.nowMs += dayMs
  }

  #read(shard: number, reader: UserId): void {
    const shownAtMs = this.world.shard.nowMs
    const entries = this.shards[shard]!.read(reader)
    this.shown.push(...entries.map((entry) => ({ ...entry, reader, shownAtMs })))
  }

  /** Decides, as the primary does: the entry is not in the log yet. One reader's wait for each other. */
  #say(place: number): void {
    const entry = this.shown[this.shown.length - 1 - (place % Math.max(1, this.shown.length))]
    if (entry === undefined) return
    if (this.sayings.some((other) => other.entry.reader === entry.reader)) return
    const { promotionId, impression, reader } = entry
    const params = { promotionId, impression }
    const write = this.world.shard.prepare(promotionImpressionHandler, reader, params)
    write.decide()
    this.sayings.push({ entry, write })
  }

  land(): void {
    const saying = this.sayings.shift()
    if (saying === undefined) return
    expect(saying.write.land().kind).toBe('answered')
    this.model.say(saying.entry, this.world.shard.nowMs)
  }

  landAll(): void {
    while (this.sayings.length > 0) this.land()
  }

  check(): void {
    this.landAll()
    const { impressions, spentMicros, budgetMicros } = this.world.now(this.promotionId)
    expect(impressions).toBe(this.model.counted.size)
    expect(spentMicros).toBe(impressions * price)
    expect(spentMicros).toBeLessThanOrEqual(budgetMicros)
    const ofDays = new Map<string, number>()
    for (const name of this.model.counted) {
      const key = name.split('.')[0]!
      ofDays.set(key, (ofDays.get(key) ?? 0) + 1)
    }
    for (const count of ofDays.values()) expect(count).toBeLessThanOrEqual(this.cap)
    const partition = partitionOfId(this.world.ada)
    const here = digestOf(this.world.shard.state, partition, { slice: 0, slices: 1 })
    for (const shard of this.shards) expect(shard.digest(partition)).toBe(here)
  }
}

test('however shards serve and die, each impression counts once, and never is more spent than the budget', () => {
  const terms = fc.record({
    budget: fc.integer({ min: 100, max: 1_500 }),
    cap: fc.integer({ min: 1, max: 3 }),
  })
  fc.assert(
    fc.property(terms, fc.array(steps, { minLength: 10, maxLength: 80 }), (asked, given) => {
      const run = new Run(asked)
      for (const step of given) run.take(step)
      run.check()
    }),
    { numRuns: 20 },
  )
}, 60_000)
