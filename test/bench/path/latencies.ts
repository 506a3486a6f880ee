// Latencies at half of the highest rate, with 10,000 connected: of a push, from when its tweet was to be sent to when
// it is at the follower's socket; and of requests.
//
// Users follow one of so many authors each, as many to every one. The highest rate is what a closed loop reaches in
// the same world just before. Servers with nothing in them are asked at the same rate: what they take is what the
// machine, the client and the sockets take.

import { closing } from '../../../loadtest/std/closing.ts'
import type { Row } from '../measure.ts'
import { startBare, startRelay } from './baselines.ts'
import { medianRate, runRound } from './closed-loop.ts'
import { pageLength, readResult, subprotocol } from './home-world.ts'
import type { Measure, Sizes } from './measure.ts'
import { type Latencies, openLoop, type Place } from './open-loop.ts'
import { homePayload, postPayload, stampedPostPayload } from './requests.ts'
import { Rookery, type User } from './rookery.ts'
import { openSocketLane } from './socket-lane.ts'
import { Swarm } from './swarm.ts'

const followersEach = 100
/** An open loop lasts so much longer than a round, because its longest latencies are rare. */
const openLoopFactor = 3
/** It has so many sockets for one of a closed loop: so few wait on each that no limit of a socket is met. */
const openLoopSockets = 4

type World = {
  readonly rookery: Rookery
  readonly swarm: Swarm
  readonly authors: readonly User[]
  readonly readers: readonly User[]
  /** Connected followers of each author. */
  readonly followers: number
}

export const latencies: Measure = {
  name: 'latencies',
  about: 'pushes and requests at half of the highest rate, 10,000 connected',
  title: 'Latencies at half of the highest rate',
  run: async (sizes) => {
    const rows: Row[] = []
    for (const log of sizes.logs) {
      const rookery = await Rookery.start({ log, shards: sizes.shards })
      try {
        rows.push(...(await measureOn(rookery, sizes)))
      } finally {
        await rookery[Symbol.asyncDispose]()
      }
    }
    return rows
  },
}

async function measureOn(rookery: Rookery, sizes: Sizes): Promise<Row[]> {
  const count = Math.max(1, Math.floor(sizes.connected / followersEach))
  const connected = count * Math.min(followersEach, sizes.connected)
  const users = await rookery.populate(count + connected, (user) =>
    user < count ? [] : [user % count],
  )
  const [authors, followers] = [users.slice(0, count), users.slice(count)]
  const tokens = followers.map(({ token }) => token)
  const swarm = await Swarm.open({ dialect: 'rookery', port: rookery.port, tokens })
  try {
    const readers = followers.slice(0, sizes.sockets * openLoopSockets)
    const world = { rookery, swarm, authors, readers, followers: connected / count }
    return [...(await pushes(world, sizes)), ...(await requests(world, sizes))]
  } finally {
    await swarm[Symbol.asyncDispose]()
  }
}

async function pushes({ rookery, swarm, authors, followers }: World, sizes: Sizes): Promise<Row[]> {
  const { name, port } = rookery
  const highest = await highestRate(
    { rookery, users: authors, inFlight: 1 },
    sizes,
    postPayload(runName),
  )
  const perSecond = highest / 2
  const seconds = sizes.seconds * openLoopFactor
  const received = await swarm.expect(Math.ceil(perSecond * seconds) * followers)
  const payload = stampedPostPayload(runName)
  const places = authors.map((author) => placeOf(port, author))
  const acknowledged = await openLoop({ places, payload, perSecond, seconds })
  const pushed = await received()
  const note = `${(perSecond * followers).toFixed(0)} pushes a second (${perSecond.toFixed(0)} posts to ${followers} each), half of what a closed loop reached`
  return [
    ...latencyRows(`push: ${name}`, pushed, { note, goals: [1, 5] }),
    ...latencyRows(`tweet.post: ${name}`, acknowledged, { note }),
  ]
}

async function requests({ rookery, readers }: World, sizes: Sizes): Promise<Row[]> {
  const { name, port } = rookery
  const payload = homePayload(pageLength)
  const { inFlight, sockets } = sizes
  const users = readers.slice(0, sockets)
  const highest = await highestRate({ rookery, users, inFlight }, sizes, payload)
  const perSecond = highest / 2
  const seconds = sizes.seconds * openLoopFactor
  const options = { payload, perSecond, seconds }
  const note = `${perSecond.toFixed(0)} a second, half of what a closed loop reached`
  const places = readers.map((reader) => placeOf(port, reader))
  const ours = await openLoop({ ...options, places })
  const rows = latencyRows(`timeline.home: ${name}`, ours, { note, goals: [0.5, 3] })
  const results = await Promise.all(readers.map((reader) => readResult(port, reader)))
  for (const start of [startBare, startRelay]) {
    await closing(await start({ results }), async (server) => {
      const bare = readers.map((_, reader) => ({
        port: server.port,
        path: `/live?answer=${reader}`,
      }))
      const taken = await openLoop({ ...options, places: bare })
      const same = { note: 'the same bytes at the same rate' }
      rows.push(...latencyRows(`timeline.home: ${server.name}`, taken, same))
    })
  }
  return rows
}

function placeOf(port: number, { token }: User): Place {
  return { port, path: '/v1/live', subprotocol, token }
}

/** Of a closed loop, the middle of some rounds. */
async function highestRate(
  who: { readonly rookery: Rookery; readonly users: readonly User[]; readonly inFlight: number },
  { seconds, rounds }: Sizes,
  payload: Buffer,
): Promise<number> {
  const { rookery, users, inFlight } = who
  const lane = { port: rookery.port, path: '/v1/live', subprotocol, payload, batch: 1, inFlight }
  const rates = []
  for (let round = 0; round < rounds; round++) {
    const contestant = {
      server: rookery,
      openLanes: (count: { answered: number; failure: Error | undefined }) =>
        Promise.all(users.map(({ token }) => openSocketLane({ ...lane, token, count }))),
    }
    rates.push(await runRound(contestant, seconds))
  }
  return medianRate(rates).perSecond
}

const runName = Date.now().toString(36)

function latencyRows(
  what: string,
  { p50Us, p99Us, maxUs }: Omit<Latencies, 'count'>,
  { note, goals }: { readonly note: string; readonly goals?: readonly [number, number] },
): Row[] {
  const row = (part: string, us: number, goal?: number): Row => {
    const reached = goal === undefined ? {} : { goal: { atMost: goal } }
    return { what: `${part} of ${what}`, value: us / 1e3, unit: 'ms', ...reached }
  }
  return [
    { ...row('p50', p50Us, goals?.[0]), note },
    row('p99', p99Us, goals?.[1]),
    row('longest', maxUs),
  ]
}
