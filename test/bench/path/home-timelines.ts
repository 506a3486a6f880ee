// The home timeline of 20 tweets: over WebSocket with requests in flight, with 16 requests in a frame, and over
// HTTP as JSON; and the processor time that it takes from gateway and shards.

import { closing } from '../../../loadtest/closing.ts'
import type { Row } from '../measure.ts'
import { bareName, redisTimelineName, relayName } from './baselines.ts'
import type { Contestant, Count, Lane, Rounds } from './closed-loop.ts'
import { alternate, medianRate } from './closed-loop.ts'
import { HomeWorld, homePath, pageLength, subprotocol } from './home-world.ts'
import { getRequest, openHttpLane } from './http-lane.ts'
import type { Measure, Sizes } from './measure.ts'
import type { Server } from './program.ts'
import { rateRows, ratesOf, ratioRow } from './rate-rows.ts'
import { homePayload } from './requests.ts'
import { openSocketLane } from './socket-lane.ts'

const batch = 16
const batchedGoal = 150_000

export const homeTimelines: Measure = {
  name: 'home-timelines',
  about: 'home timelines a second, over WebSocket and HTTP',
  title: 'Home timelines of 20 tweets',
  run: async (sizes) =>
    await closing(await HomeWorld.make(sizes), async (world) => [
      ...(await overWebSocket(world, sizes)),
      ...(await manyInFrame(world, sizes)),
      ...(await overHttp(world, sizes)),
    ]),
}

async function overWebSocket(world: HomeWorld, sizes: Sizes): Promise<Row[]> {
  const { rookery } = world
  const form = { batch: 1, inFlight: sizes.inFlight }
  const contestants = socketContestants(world, form, [world.bare, world.relay])
  const rounds = await alternate(contestants, sizes)
  const bytes = world.resultBytes.reduce((sum, one) => sum + one, 0) / world.resultBytes.length
  const note = `${sizes.sockets} sockets of different users, ${sizes.inFlight} in flight on each, ${bytes.toFixed(0)} bytes`
  const ours = rookery.name
  return [
    ...rateRows(rounds, 'WebSocket'),
    ratioRow(rounds, {
      what: 'WebSocket: Rookery of bare',
      of: ours,
      to: bareName,
      goal: { atLeast: 0.7 },
      note,
    }),
    ratioRow(rounds, {
      what: 'WebSocket: Rookery of A',
      of: ours,
      to: redisTimelineName,
      goal: { atLeast: 4 },
    }),
    ratioRow(rounds, {
      what: 'WebSocket: processor time of the server, Rookery of bare',
      of: ours,
      to: bareName,
      figure: 'serverUs',
      goal: { atMost: 2 },
      note: 'gateway and shards together',
    }),
    ...anewRows(rounds, world, 'WebSocket', 0.7),
    ratioRow(rounds, {
      what: 'WebSocket: Rookery of the bare relay',
      of: ours,
      to: relayName,
      note: 'two processes, as gateway and shard, with nothing in them',
    }),
    ratioRow(rounds, {
      what: 'WebSocket: processor time of the server, Rookery of the bare relay',
      of: ours,
      to: relayName,
      figure: 'serverUs',
    }),
  ]
}

async function manyInFrame(world: HomeWorld, sizes: Sizes): Promise<Row[]> {
  const inFlight = Math.max(batch, sizes.inFlight - (sizes.inFlight % batch))
  const contestants = socketContestants(world, { batch, inFlight }, [world.bare])
  const rounds = await alternate(contestants, sizes)
  const bare = medianRate(ratesOf(rounds, bareName)).perSecond
  const goal = { atLeast: Math.round(Math.min(batchedGoal, bare)) }
  return [
    ...rateRows(rounds, `${batch} in a frame`, { goals: { [world.rookery.name]: goal } }),
    ratioRow(rounds, {
      what: `${batch} in a frame: Rookery of bare`,
      of: world.rookery.name,
      to: bareName,
    }),
    ratioRow(rounds, {
      what: `${batch} in a frame: processor time of the server, Rookery of bare`,
      of: world.rookery.name,
      to: bareName,
      figure: 'serverUs',
    }),
  ]
}

/** Of the Rookery without page caches, as where no page is like the one before. */
function anewRows(rounds: Rounds, world: HomeWorld, form: string, atLeast: number): Row[] {
  const of = world.anew.rookery.name
  const ratio = { of, to: bareName }
  return [
    ratioRow(rounds, { what: `${form}: pages made anew, of bare`, ...ratio, goal: { atLeast } }),
    ratioRow(rounds, {
      what: `${form}: processor time of the server, pages made anew, of bare`,
      ...ratio,
      figure: 'serverUs',
    }),
  ]
}

/** @param replaying servers that have the answers ready-made */
function socketContestants(
  world: HomeWorld,
  form: { readonly batch: number; readonly inFlight: number },
  replaying: readonly Server[],
): Contestant[] {
  const payload = homePayload(pageLength)
  const { rookery, redisTimeline, readers, resultBytes, listResultBytes } = world
  const each = (count: Count, place: (reader: number) => object, bytes: readonly number[]) =>
    Promise.all(
      readers.map((_, reader): Promise<Lane> => {
        const own = place(reader) as { port: number; path: string }
        return openSocketLane({ payload, ...form, count, resultBytes: bytes[reader], ...own })
      }),
    )
  const ours = [{ rookery, readers, resultBytes }, world.anew]
  return [
    ...ours.map((own) => ({
      server: own.rookery,
      openLanes: (count: Count) => {
        const { port } = own.rookery
        const path = '/v1/live'
        const place = (reader: number) => {
          return { port, path, token: own.readers[reader]!.token, subprotocol }
        }
        return each(count, place, own.resultBytes)
      },
    })),
    ...replaying.map((server) => ({
      server,
      openLanes: (count: Count) => {
        const place = (reader: number) => ({ port: server.port, path: `/live?answer=${reader}` })
        return each(count, place, resultBytes)
      },
    })),
    {
      server: redisTimeline,
      openLanes: (count) => {
        const place = (reader: number) => ({
          port: redisTimeline.port,
          path: `/live?user=${reader}`,
        })
        return each(count, place, listResultBytes)
      },
    },
  ]
}

async function overHttp(world: HomeWorld, sizes: Sizes): Promise<Row[]> {
  const { rookery, anew, bare, readers, pageBytes } = world
  const contestants: Contestant[] = [
    ...[{ rookery, readers }, anew].map((own) => ({
      server: own.rookery,
      openLanes: (count: Count) => {
        const requests = own.readers.map(({ token }) => getRequest(homePath, token))
        return openHttpLanes(requests, own.rookery.port, count)
      },
    })),
    {
      server: bare,
      openLanes: (count) =>
        openHttpLanes(
          readers.map((_, place) => getRequest(`/home?answer=${place}`)),
          bare.port,
          count,
        ),
    },
  ]
  const rounds = await alternate(contestants, sizes)
  const ours = { of: rookery.name, to: bareName }
  const note = `${readers.length} connections, one request at a time on each, ${pageBytes.toFixed(0)} bytes of JSON`
  return [
    ...rateRows(rounds, 'HTTP'),
    ratioRow(rounds, { what: 'HTTP: Rookery of bare', ...ours, goal: { atLeast: 0.5 }, note }),
    ratioRow(rounds, {
      what: 'HTTP: processor time of the server, Rookery of bare',
      ...ours,
      figure: 'serverUs',
    }),
    ...anewRows(rounds, world, 'HTTP', 0.5),
  ]
}

async function openHttpLanes(
  requests: readonly Buffer[],
  port: number,
  count: Count,
): Promise<Lane[]> {
  return await Promise.all(requests.map((request) => openHttpLane({ port, request, count })))
}
