import fc from 'fast-check'
import { describe, expect, test } from 'vitest'
import { BodyPages, bodyBytesMax } from '../../../../../shard/state/tweets/body-pages.ts'
import { FakeColdBodies } from '../../../../helpers/fake-cold-bodies.ts'
import { seeded } from '../seeded.ts'

const budgetBytes = 65_536

function bodyOf(tweet: number, length: number): Uint8Array {
  return Buffer.alloc(length, `${tweet};`)
}

/** Pages with a budget and a cold store, beside a plain map that tells what has to be in them. */
class World {
  readonly pages = new BodyPages()
  readonly cold = new FakeColdBodies()
  readonly references = new Map<number, number>()
  readonly bodies = new Map<number, Uint8Array>()
  #tweetCount = 0

  constructor(bytesMax = budgetBytes) {
    this.pages.keepWithin({
      bytesMax,
      moveOut: (tweet, body) => {
        const isTaken = this.cold.put(tweet, body)
        if (isTaken) this.references.delete(tweet)
        return isTaken
      },
    })
  }

  put(length: number): number {
    const tweet = this.#tweetCount++
    const body = bodyOf(tweet, length)
    this.references.set(tweet, this.pages.put(tweet, body))
    this.bodies.set(tweet, body)
    return tweet
  }

  delete(tweet: number): void {
    if (!this.bodies.delete(tweet)) return
    const reference = this.references.get(tweet)
    if (reference === undefined) this.cold.delete(tweet)
    else this.pages.free(reference)
    this.references.delete(tweet)
  }

  read(tweet: number): Uint8Array {
    const reference = this.references.get(tweet)
    if (reference === undefined) return this.cold.get(tweet)
    const target = new Uint8Array(this.pages.length(reference) + 2)
    this.pages.copyTo(reference, target, 2)
    expect(this.pages.view(reference)).toEqual(Buffer.from(target.subarray(2)))
    return target.subarray(2)
  }

  check(): void {
    for (const [tweet, body] of this.bodies) {
      if (Buffer.compare(this.read(tweet), body) !== 0) expect.fail(`body of tweet ${tweet}`)
    }
    const here = [...this.references.keys()].map((tweet) => this.bodies.get(tweet)!.length)
    expect(this.pages.bytesUsed).toBe(here.reduce((sum, length) => sum + length, 0))
  }
}

type Step = { readonly kind: 'put' | 'delete' | 'fill'; readonly value: number }

const step: fc.Arbitrary<Step> = fc.oneof(
  { weight: 8, arbitrary: fc.record({ kind: fc.constant('put'), value: fc.nat(3_000) }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('put'), value: fc.nat(40_000) }) },
  { weight: 3, arbitrary: fc.record({ kind: fc.constant('delete'), value: fc.nat() }) },
  { weight: 1, arbitrary: fc.record({ kind: fc.constant('fill'), value: fc.nat(1) }) },
)

describe('body pages', () => {
  test('with a tiny budget and a cold store give what a plain map gives', () => {
    fc.assert(
      fc.property(fc.array(step, { maxLength: 300, size: 'max' }), (steps) => {
        const world = new World()
        for (const { kind, value } of steps) {
          if (kind === 'put') world.put(value)
          else if (kind === 'delete') world.delete(value % Math.max(1, world.bodies.size))
          else world.cold.isFull = value === 1
        }
        world.check()
      }),
      { numRuns: 60 },
    )
  })

  test('stay within the budget after any number of bodies, and use most of it', () => {
    const draw = seeded(1)
    const world = new World()
    for (let n = 0; n < 20_000; n++) {
      world.put(100 + draw(n % 1_000 === 0 ? 3_000 : 300))
      if (world.pages.bytes > budgetBytes) expect.fail(`${world.pages.bytes} bytes after ${n}`)
      if (n > 1_000 && world.pages.bytesUsed < budgetBytes * 0.75)
        expect.fail(`${world.pages.bytesUsed} bytes used after ${n}`)
    }
    world.check()
  })

  test('move the oldest out first, and none twice', () => {
    const world = new World()
    for (let n = 0; n < 2_000; n++) world.put(200)
    const out = [...world.cold.bodies.keys()]
    expect(out.length).toBeGreaterThan(1_500)
    expect(out).toEqual(out.map((_, place) => place))
    expect([...world.references.keys()]).toEqual(
      Array.from({ length: 2_000 - out.length }, (_, place) => out.length + place),
    )
  })

  test('move no more than a few for each that comes', () => {
    const world = new World(1_048_576)
    let before = 0
    let mostAtOnce = 0
    for (let n = 0; n < 20_000; n++) {
      world.put(200)
      mostAtOnce = Math.max(mostAtOnce, world.cold.bodies.size - before)
      before = world.cold.bodies.size
    }
    expect(before).toBeGreaterThan(10_000)
    expect(mostAtOnce).toBeLessThanOrEqual(4)
  })

  test('keep what the cold store does not take, and come back to the budget when it does again', () => {
    const world = new World()
    world.cold.isFull = true
    for (let n = 0; n < 3_000; n++) world.put(200)
    expect(world.cold.bodies.size).toBe(0)
    expect(world.pages.bytes).toBeGreaterThan(600_000)
    world.check()
    world.cold.isFull = false
    for (let n = 0; n < 4_000; n++) world.put(200)
    expect(world.pages.bytes).toBeLessThanOrEqual(budgetBytes)
    world.check()
  })

  test('take a body longer than a page, and go beyond the budget by that alone', () => {
    const world = new World()
    for (let n = 0; n < 500; n++) world.put(200)
    world.put(bodyBytesMax)
    expect(world.pages.bytes).toBeLessThanOrEqual(budgetBytes + 2 * bodyBytesMax)
    for (let n = 0; n < 1_000; n++) world.put(200)
    expect(world.pages.bytes).toBeLessThanOrEqual(budgetBytes)
    world.check()
    expect(() => world.put(bodyBytesMax + 1)).toThrow(RangeError)
  })

  test('give the memory of old bodies that are deleted in order to the next ones', () => {
    const world = new World(Number.POSITIVE_INFINITY)
    let bytes = 0
    for (let n = 0; n < 60_000; n++) {
      world.put(250)
      if (n >= 10_000) world.delete(n - 10_000)
      if (n === 20_000) bytes = world.pages.bytes
    }
    expect(world.pages.bytes).toBeLessThanOrEqual(bytes + 1_048_576)
    world.check()
  })

  test('say so when a body is freed twice or was never there', () => {
    const pages = new BodyPages()
    const reference = pages.put(7, Uint8Array.of(1, 2, 3))
    pages.put(8, Uint8Array.of(4))
    pages.free(reference)
    for (const wrong of [reference, 0, 65_536 * 9]) {
      expect(() => pages.free(wrong)).toThrow(RangeError)
      expect(() => pages.view(wrong)).toThrow(RangeError)
    }
  })

  test('start with 1 KiB, and lose less than an eighth of a large stock', () => {
    const pages = new BodyPages()
    pages.put(0, bodyOf(0, 200))
    expect(pages.bytes).toBe(1_024)
    const draw = seeded(6)
    for (let tweet = 1; tweet < 40_000; tweet++) pages.put(tweet, bodyOf(tweet, 120 + draw(300)))
    expect(pages.bytesUsed / pages.bytes).toBeGreaterThan(7 / 8)
  })
})
