// Who shows which tweets, found in turns, against a look at all that everybody shows.

import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import type { Subscriber } from '../../../../shard/live/live-subscribers.ts'
import {
  Gateway,
  newSubscriber,
  noteShown,
  shownTweetsMax,
} from '../../../../shard/live/live-subscribers.ts'
import {
  tellViewers,
  viewerStepsPerTurn,
  viewersFoundMax,
} from '../../../../shard/live/live-viewers.ts'

const link = { push: () => undefined, sessionEnded: () => undefined }

/** What was told: `tweet>gateway/slot`, sorted. */
class World {
  readonly gateways: readonly Gateway[]
  readonly told: string[] = []
  /** Subscribers that were looked at, and asked, since the last turn began. */
  lookedAt = 0
  asked = 0
  /** Recipients that were added and not told when a turn ended. */
  leftOver = 0
  isFor: (subscriber: Subscriber, tweet: number) => boolean = () => true

  onTold = ({ tweet, place, slot }: { tweet: number; place: number; slot: number }): void => {
    this.told.push(`${tweet}>${place}/${slot}`)
  }

  constructor(gatewayCount: number) {
    this.gateways = Array.from({ length: gatewayCount }, () => new Gateway(link))
  }

  /** Adds a socket that was shown these tweets, in this order. */
  add(place: number, slot: number, tweets: Iterable<number>): Subscriber {
    const subscriber = newSubscriber(this.gateways[place]!, slot, slot)
    for (const tweet of tweets) noteShown(subscriber, tweet)
    return subscriber
  }

  tellViewers(tweets: Iterable<number>): Generator<void> {
    return tellViewers(new Set(tweets), {
      gateways: this.gateways.map((gateway) => this.#counting(gateway)),
      isFor: (subscriber, tweet) => {
        this.asked++
        return this.isFor(subscriber, tweet)
      },
      tell: (tweet) => {
        for (const [place, gateway] of this.gateways.entries()) {
          const slots = gateway.slots.subarray(0, gateway.count)
          for (const slot of slots) this.onTold({ tweet, place, slot })
          gateway.count = 0
        }
      },
    })
  }

  /** Goes through all steps. @returns how many turns that took, and the most that one of them did */
  run(tweets: Iterable<number>) {
    const most = { turns: 1, lookedAt: 0, asked: 0 }
    const note = (): void => {
      most.lookedAt = Math.max(most.lookedAt, this.lookedAt)
      most.asked = Math.max(most.asked, this.asked)
      this.lookedAt = 0
      this.asked = 0
    }
    for (const _turn of this.tellViewers(tweets)) {
      most.turns++
      note()
      this.leftOver += this.gateways.reduce((sum, { count }) => sum + count, 0)
    }
    note()
    expect(this.leftOver, 'recipients of other pushes').toBe(0)
    return most
  }

  /** What a look at everything finds. */
  all(tweets: Iterable<number>): string[] {
    const all: string[] = []
    for (const tweet of new Set(tweets)) {
      for (const [place, { subscribers }] of this.gateways.entries()) {
        for (const subscriber of subscribers.values()) {
          const shows = subscriber.shown.includes(tweet + 1)
          if (shows && this.isFor(subscriber, tweet))
            all.push(`${tweet}>${place}/${subscriber.slot}`)
        }
      }
    }
    return all.sort()
  }

  #counting(gateway: Gateway): Gateway {
    const world = this
    function* values() {
      for (const subscriber of gateway.subscribers.values()) {
        world.lookedAt++
        yield subscriber
      }
    }
    return { ...gateway, subscribers: { values } } as unknown as Gateway
  }
}

const anyTweet = fc.oneof(fc.nat(30), fc.nat(2 ** 32 - 2))
const anySocket = fc.record({
  gateway: fc.nat(2),
  tweets: fc.array(anyTweet, { maxLength: shownTweetsMax * 2, size: 'max' }),
})

describe('those who show some tweets', () => {
  test('are told exactly as a look at everything says, each once', () => {
    const wanted = fc.array(anyTweet, { maxLength: 200, size: 'max' })
    const sockets = fc.array(anySocket, { maxLength: 40 })
    fc.assert(
      fc.property(sockets, wanted, fc.nat(4), (given, tweets, nobodysTweets) => {
        const world = new World(3)
        for (const [slot, socket] of given.entries()) world.add(socket.gateway, slot, socket.tweets)
        world.isFor = ({ slot }, tweet) => (slot + tweet) % 5 >= nobodysTweets
        world.run(tweets)
        expect(world.told.sort()).toEqual(world.all(tweets))
      }),
      { numRuns: 60 },
    )
  })

  test('are told the same where others come, go and are shown more between the turns', () => {
    const tweets = [7, 8, 9]
    const world = new World(2)
    const others = Array.from({ length: shownTweetsMax }, (_, number) => 1_000 + number)
    for (let slot = 0; slot < 1_500; slot++) {
      world.add(slot % 2, slot, [...others.slice(3), ...tweets])
    }
    const stayed = world.all(tweets)
    let turn = 0
    for (const _turn of world.tellViewers(tweets)) {
      const gateway = world.gateways[turn % 2]!
      world.add(turn % 2, 9_000 + turn, [turn])
      // The one who has the slot from now on was shown none of them.
      const slot = 1_400 + turn
      world.gateways[slot % 2]!.subscribers.delete(slot)
      world.add(slot % 2, slot, others)
      for (const subscriber of gateway.subscribers.values()) noteShown(subscriber, 2_000 + turn)
      turn++
    }
    expect(turn).toBeGreaterThan(3)
    const gone = new Set(Array.from({ length: turn }, (_, number) => 1_400 + number))
    const isThere = (told: string) => !gone.has(Number(told.split('/')[1]))
    expect(new Set(world.told).size, 'nobody twice').toBe(world.told.length)
    expect(world.told.filter(isThere).sort()).toEqual(stayed.filter(isThere))
  })
})

describe('one who leaves between two turns', () => {
  test('is not told, nor is who has the slot then', () => {
    const world = new World(1)
    const others = Array.from({ length: shownTweetsMax - 1 }, (_, number) => 1_000 + number)
    for (let slot = 1; slot <= 600; slot++)
      world.add(0, slot, [...others, ...(slot < 4 ? [7] : [])])
    const { subscribers } = world.gateways[0]!
    for (const _turn of world.tellViewers([7])) {
      subscribers.delete(1)
      subscribers.delete(2)
      world.add(0, 2, others)
    }
    expect(world.told).toEqual(['7>0/3'])
  })
})

describe('I10: the work of one turn', () => {
  test('is bounded, however many sockets there are', () => {
    const lookedAtMax = Math.ceil(viewerStepsPerTurn / (shownTweetsMax + 16))
    for (const count of [2_000, 8_000]) {
      const world = new World(2)
      const shown = Array.from({ length: shownTweetsMax }, (_, number) => number)
      for (let slot = 0; slot < count; slot++) world.add(slot % 2, slot, shown)
      const { turns, lookedAt } = world.run([shownTweetsMax])
      expect(lookedAt).toBeLessThanOrEqual(lookedAtMax)
      expect(turns).toBe(Math.floor(count / lookedAtMax) + 1)
      expect(world.told).toEqual([])
    }
  })

  test('is bounded where everybody shows all of them, and so is what is kept meanwhile', () => {
    const world = new World(1)
    const tweets = Array.from({ length: shownTweetsMax }, (_, number) => number)
    const count = (viewersFoundMax / shownTweetsMax) * 2 + 100
    for (let slot = 0; slot < count; slot++) world.add(0, slot, tweets)
    const told = new Uint8Array(count * shownTweetsMax)
    world.onTold = ({ tweet, slot }) => void told[slot * shownTweetsMax + tweet]!++
    const { lookedAt, asked } = world.run(tweets)
    expect(asked).toBeLessThanOrEqual(viewerStepsPerTurn / 32)
    expect(lookedAt).toBeLessThanOrEqual(viewerStepsPerTurn / (shownTweetsMax * 32))
    expect(told.every((times) => times === 1)).toBe(true)
  })
})
