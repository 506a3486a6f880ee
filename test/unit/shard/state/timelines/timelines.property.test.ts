// Large deliveries, carried out round by round as by a worker thread, between anything else that happens.

import fc from 'fast-check'
import { afterEach, describe, expect, test } from 'vitest'
import type { TweetId, UserId } from '../../../../../protocol/ids.ts'
import { Adjacency } from '../../../../../shard/state/graph/adjacency.ts'
import { gathering } from '../../../../../shard/state/rings/delivery-buffer.ts'
import { TimelineRings } from '../../../../../shard/state/rings/timeline-rings.ts'
import { ShardState } from '../../../../../shard/state/shard-state.ts'
import { forEachOfAudience } from '../../../../../shard/state/timelines/audience.ts'
import type { Round } from '../../../../../shard/state/timelines/large-deliveries.ts'
import { idOf } from '../seeded.ts'

const here = 1
const userCount = 12
const everything = Number.MAX_SAFE_INTEGER

/** A state, what it should hold, and a worker that is given its memory. */
class World {
  readonly state = new ShardState()
  readonly users: readonly number[]
  readonly #follows = new Set<string>()
  readonly #tweets: { id: number; author: number; repliedTo: number | undefined }[] = []
  readonly #rings: TimelineRings
  readonly #followers: Adjacency
  #round: Round | undefined
  #isNewest = false
  #left: number[] = []
  #appended = 0

  constructor(largeDeliveryMin = 3) {
    const { state } = this
    state.host(here)
    state.largeDeliveryMin = largeDeliveryMin
    const ids = Array.from({ length: userCount }, (_, ms) => idOf({ ms: ms + 1, partition: here }))
    this.users = ids.map((id) => state.users.index.intern(id))
    this.#rings = TimelineRings.attach(structuredClone(state.timelines.share()))
    this.#followers = Adjacency.attach(structuredClone(state.followers.share()))
  }

  #id(user: number): UserId {
    return this.state.users.index.idOf(user) as UserId
  }

  setFollow(follower: number, followee: number, isFollowing: boolean): void {
    const key = `${follower} ${followee}`
    if (follower === followee || this.#follows.has(key) === isFollowing) return
    if (isFollowing) {
      this.#follows.add(key)
      this.state.follow(this.#id(follower), this.#id(followee))
    } else {
      this.#follows.delete(key)
      this.state.unfollow(this.#id(follower), this.#id(followee))
    }
  }

  post(author: number, ms: number, toWhom?: number): void {
    const id = idOf({ ms, partition: here }) as TweetId
    if (!this.state.authored.insert(author, id)) return
    const repliedTo = toWhom === author ? undefined : toWhom
    const entities = { mentions: [], hashtags: [], urls: [] }
    const body = { id, authorId: this.#id(author), text: '', createdAt: ms, entities }
    this.state.tweets.put(body, author, repliedTo)
    this.#tweets.push({ id, author, repliedTo })
    this.state.deliver(author, id, repliedTo)
  }

  /** The next step of the work: a round begins, comes half-way, dies half-way, or ends. */
  work(step: 'half' | 'dies' | 'whole'): void {
    const { timelines } = this.state
    if (this.#round === undefined) {
      this.#round = timelines.nextRound(() => 5)
      if (this.#round === undefined) return
      this.#isNewest = this.#round.isNewest
      this.#left = []
      this.#appended = 0
    }
    const { from, to } = this.#round
    this.#write({ from, to: step === 'whole' ? to : Math.floor((from + to) / 2) })
    // Half of it was written, also where nobody hears of it: the second time is with a look.
    this.#isNewest = false
    if (step === 'dies') {
      this.#left = []
      this.#appended = 0
    }
    if (step !== 'whole') return
    timelines.endRound({ appended: this.#appended, left: [this.#left] })
    this.#round = undefined
  }

  #write({ from, to }: { from: number; to: number }): void {
    const { delivery: audience } = this.#round!
    const chunk = new Uint32Array(userCount)
    const delivery = { id: audience.tweetId, isNewest: this.#isNewest }
    forEachOfAudience(this.#followers, { audience, range: { from, to }, chunk }, (count) => {
      this.#appended += this.#rings.append(chunk, { from: 0, to: count }, delivery)
      for (let place = 0; place < this.#rings.leftCount; place++) {
        this.#left.push(this.#rings.left[place]!)
      }
    })
  }

  finish(): void {
    while (this.#round !== undefined || this.state.timelines.hasLarge) this.work('whole')
  }

  /** The whole timeline, page by page. */
  read(user: number, limit: number): number[] {
    const found: number[] = []
    const out = new Float64Array(limit)
    for (let before = everything; ; ) {
      const count = this.state.readHome(user, { before, limit }, out)
      found.push(...out.subarray(0, count))
      if (count < limit) return found
      before = out[count - 1]!
    }
  }

  /** What single looks find of all tweets there are; undefined where there is no timeline to look at. */
  held(user: number): number[] | undefined {
    const found = this.#tweets.map(({ id }) => ({ id, isThere: this.state.holdsHome(user, id) }))
    if (found.some(({ isThere }) => isThere === undefined)) return undefined
    const ids = found.filter(({ isThere }) => isThere).map(({ id }) => id)
    return ids.sort((one, other) => other - one)
  }

  expected(user: number): number[] {
    const follows = (other: number | undefined) =>
      other === undefined || other === user || this.#follows.has(`${user} ${other}`)
    const ids = this.#tweets
      .filter(({ author, repliedTo }) => author === user || (follows(author) && follows(repliedTo)))
      .map(({ id }) => id)
    return ids.sort((one, other) => other - one)
  }
}

const user = fc.integer({ min: 0, max: userCount - 1 })
const step = fc.oneof(
  { weight: 2, arbitrary: fc.record({ does: fc.constant('follow'), one: user, other: user }) },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('unfollow'), one: user, other: user }) },
  {
    weight: 5,
    arbitrary: fc.record({
      does: fc.constant('post'),
      one: user,
      late: fc.nat(3),
      toWhom: fc.option(user, { nil: undefined }),
    }),
  },
  {
    weight: 4,
    arbitrary: fc.record({
      does: fc.constant('work'),
      step: fc.constantFrom('half' as const, 'dies' as const, 'whole' as const),
    }),
  },
  {
    weight: 3,
    arbitrary: fc.record({
      does: fc.constant('read'),
      one: user,
      limit: fc.integer({ min: 1, max: 40 }),
    }),
  },
  { weight: 1, arbitrary: fc.record({ does: fc.constant('drop'), one: user }) },
)
type Step = typeof step extends fc.Arbitrary<infer S> ? S : never

function take(world: World, given: Step, ms: number): void {
  if ('step' in given) world.work(given.step)
  if (!('one' in given)) return
  const one = world.users[given.one]!
  if ('other' in given) world.setFollow(one, world.users[given.other]!, given.does === 'follow')
  else if ('late' in given) {
    const toWhom = given.toWhom === undefined ? undefined : world.users[given.toWhom]
    world.post(one, ms - given.late * 250, toWhom)
  } else if ('limit' in given) {
    const expected = world.expected(one)
    expect(world.held(one) ?? expected).toEqual(expected)
    expect(world.read(one, given.limit)).toEqual(expected)
  } else world.state.dropTimeline(one)
}

/** A world in which everybody follows the first two, who are therefore large, and has read. */
function crowd() {
  const world = new World()
  const [ada, bob] = [world.users[0]!, world.users[1]!]
  for (const one of world.users) {
    world.setFollow(one, ada, true)
    world.setFollow(one, bob, true)
    world.read(one, 10)
  }
  return { world, ada, bob }
}

const usual = { ...gathering }
afterEach(() => {
  Object.assign(gathering, usual)
})

describe('tweets on their way to very many', () => {
  test.each([
    { how: 'written at once', when: usual },
    { how: 'gathered', when: { ringsMin: 0, directMax: 0 } },
    { how: 'some gathered', when: { ringsMin: 0, directMax: 3 } },
    { how: 'gathered while there are many rings', when: { ringsMin: 5, directMax: 0 } },
  ])(
    'I2, I4: every page is exact at any moment, also while a worker writes or has died; tweets of others $how',
    ({ when }) => {
      Object.assign(gathering, when)
      const run = fc.array(step, { minLength: 20, maxLength: 250 })
      fc.assert(
        fc.property(run, (steps) => {
          const { world } = crowd()
          // Late ones never meet: 250 and 101 have no common multiple that is small enough.
          for (const [number, given] of steps.entries()) take(world, given, 1_000 + number * 101)
          for (const one of world.users) expect(world.read(one, 7)).toEqual(world.expected(one))
          world.finish()
          for (const one of world.users) {
            expect(world.read(one, 50)).toEqual(world.expected(one))
            expect(world.held(one)).toEqual(world.expected(one))
          }
        }),
        { numRuns: 400 },
      )
    },
  )

  test('a round is a stretch of owners, authors take turns, and each one goes in order', () => {
    const { world, ada, bob } = crowd()
    world.post(ada, 100)
    world.post(ada, 101)
    world.post(bob, 102)
    const seen: string[] = []
    for (;;) {
      const round = world.state.timelines.nextRound(() => 6)
      if (round === undefined) break
      seen.push(`${round.delivery.author === ada ? 'ada' : 'bob'} ${round.from}-${round.to}`)
      world.state.timelines.endRound({ appended: 0, left: [] })
    }
    expect(seen).toEqual(['ada 0-6', 'bob 0-6', 'ada 6-12', 'bob 6-12', 'ada 0-6', 'ada 6-12'])
  })

  test('what nobody went ahead of is written without a look, the rest with one', () => {
    const { world, ada, bob } = crowd()
    world.post(ada, 100)
    world.post(bob, 99)
    const { timelines } = world.state
    const newest: boolean[] = []
    for (let count = 0; count < 2; count++) {
      newest.push(timelines.nextRound(() => 100)!.isNewest)
      timelines.endRound({ appended: 0, left: [] })
    }
    expect(newest).toEqual([true, false])
  })
})

test('a timeline that nobody reads is dropped after a while, and built anew when somebody does', () => {
  const world = new World()
  const [ada, bob, carol] = [world.users[0]!, world.users[1]!, world.users[2]!]
  const { timelines, users } = world.state
  world.setFollow(bob, ada, true)
  world.setFollow(carol, ada, true)
  world.post(ada, 100)
  expect(world.held(bob)).toBeUndefined()
  for (const one of [bob, carol]) world.read(one, 10)
  const sweep = () => [...timelines.sweep({ idleHours: 3, users: users.index.indexEnd })]
  for (timelines.hour = 1; timelines.hour <= 4; timelines.hour++) {
    world.read(carol, 10)
    sweep()
    expect(timelines.ringCount).toBe(timelines.hour <= 3 ? 2 : 1)
  }
  world.post(ada, 200)
  expect(world.read(bob, 10)).toEqual(world.expected(bob))
  expect(timelines.ringCount).toBe(2)
})

test('I2: a damaged ring is built anew, and shows each tweet once', () => {
  const { state, users } = new World(Number.POSITIVE_INFINITY)
  const [reader, author] = [users[0]!, users[1]!]
  state.follow(state.users.idOf(reader), state.users.idOf(author))
  const ids = Array.from({ length: 40 }, (_, place) => idOf({ ms: 1_000 + place, partition: here }))
  for (const id of ids) state.authored.insert(author, id)
  const page = { before: everything, limit: 100 }
  const out = new Float64Array(100)
  expect(state.readHome(reader, page, out)).toBe(40)
  const rings = TimelineRings.attach(structuredClone(state.timelines.share()))
  rings.append(Uint32Array.of(reader), { from: 0, to: 1 }, { id: ids[30]!, isNewest: true })
  expect(rings.readBefore(reader, page, out)).toBe(-1)
  expect(state.readHome(reader, page, out)).toBe(40)
  expect([...out.subarray(0, 40)]).toEqual(ids.toReversed())
  expect(rings.readBefore(reader, page, out)).toBe(40)
})
