// The home timeline of 20 tweets: over WebSocket with requests in flight, with 16 requests in a frame, and over
// HTTP as JSON; and the processor time that it takes from gateway and shards.

import { closing } from '../../../loadtest/std/closing.ts'
import type { Goal, Row } from '../measure.ts'
import { bareName, redisTimelineName, relayName, twoBareName } from './baselines.ts'
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
      ...(await overHttp(world, sizes, 1)),
      // As many requests in flight as over WebSocket.
      ...(await overHttp(world, sizes, sizes.inFlight)),
    ]),
}

async function overWebSocket(world: HomeWorld, sizes: Sizes): Promise<Row[]> {
  const form = { batch: 1, inFlight: sizes.inFlight }
  const { bare, twoBare, relay } = world
  const rounds = await alternate(socketContestants(world, form, [bare, twoBare, relay]), sizes)
  const bytes = world.resultBytes.reduce((sum, one) => sum + one, 0) / world.resultBytes.length
  const note = `${sizes.sockets} sockets of different users, ${sizes.inFlight} in flight on each, ${bytes.toFixed(0)} bytes`
  return [
    ...rateRows(rounds, 'WebSocket'),
    ...ratioRows(rounds, world, { form: 'WebSocket', to: bareName, goal: { atLeast: 0.7 }, note }),
    ...ratioRows(rounds, world, { form: 'WebSocket', to: redisTimelineName, goal: { atLeast: 4 } }),
    ...processorRows(rounds, world, { form: 'WebSocket', to: bareName, goal: { atMost: 2 } }),
    ...ratioRows(rounds, world, { form: 'WebSocket', to: twoBareName }),
    ...ratioRows(rounds, world, { form: 'WebSocket', to: relayName }),
  ]
}

async function manyInFrame(world: HomeWorld, sizes: Sizes): Promise<Row[]> {
  const inFlight = Math.max(batch, sizes.inFlight - (sizes.inFlight % batch))
  const { bare, twoBare } = world
  const rounds = await alternate(
    socketContestants(world, { batch, inFlight }, [bare, twoBare]),
    sizes,
  )
  const ofBare = medianRate(ratesOf(rounds, bareName)).perSecond
  const goal = { atLeast: Math.round(Math.min(batchedGoal, ofBare)) }
  const goals = Object.fromEntries(world.ours.map(({ rookery }) => [rookery.name, goal]))
  const form = `${batch} in a frame`
  return [
    ...rateRows(rounds, form, { goals }),
    ...ratioRows(rounds, world, { form, to: bareName }),
    ...processorRows(rounds, world, { form, to: bareName }),
  ]
}

/** How each of ours compares with somebody. */
function ratioRows(
  rounds: Rounds,
  { ours }: HomeWorld,
  row: { readonly form: string; readonly to: string; readonly goal?: Goal; readonly note?: string },
): Row[] {
  const { form, to, ...rest } = row
  return ours.map(({ rookery: { name: of } }) =>
    ratioRow(rounds, { what: `${form}: ${of}, of ${to}`, of, to, ...rest }),
  )
}

/** The same of the processor time that an answer takes the server. */
function processorRows(
  rounds: Rounds,
  { ours }: HomeWorld,
  row: { readonly form: string; readonly to: string; readonly goal?: Goal },
): Row[] {
  const { form, to, ...rest } = row
  const note = 'gateways and shards together'
  return ours.map(({ rookery: { name: of } }) => {
    const what = `${form}: processor time, ${of}, of ${to}`
    return ratioRow(rounds, { what, of, to, figure: 'serverUs', note, ...rest })
  })
}

/** @param replaying servers that have the answers ready-made */
function socketContestants(
  { ours, redisTimeline, resultBytes, listResultBytes }: HomeWorld,
  form: { readonly batch: number; readonly inFlight: number },
  replaying: readonly Server[],
): Contestant[] {
  const payload = homePayload(pageLength)
  const each = (count: Count, place: (reader: number) => object, bytes: readonly number[]) =>
    Promise.all(
      bytes.map((resultBytes, reader): Promise<Lane> => {
        const own = place(reader) as { port: number; path: string }
        return openSocketLane({ payload, ...form, count, resultBytes, ...own })
      }),
    )
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

/** @param inFlight connections of each reader, as each carries one request at a time */
async function overHttp(world: HomeWorld, sizes: Sizes, inFlight: number): Promise<Row[]> {
  const { ours, bare, twoBare, pageBytes } = world
  const connections = sizes.sockets * inFlight
  const contestants: Contestant[] = [
    ...ours.map(({ rookery, readers }) => ({
      server: rookery,
      requests: readers.map(({ token }) => getRequest(homePath, token)),
    })),
    ...[bare, twoBare].map((server) => ({
      server,
      requests: world.resultBytes.map((_, place) => getRequest(`/home?answer=${place}`)),
    })),
  ].map(({ server, requests }) => ({
    server,
    openLanes: (count: Count) => openHttpLanes(requests, { port: server.port, count, inFlight }),
  }))
  const rounds = await alternate(contestants, sizes)
  const form = `HTTP, ${connections} connections`
  const note = `one request at a time on each, ${pageBytes.toFixed(0)} bytes of JSON`
  return [
    ...rateRows(rounds, form),
    ...ratioRows(rounds, world, { form, to: bareName, goal: { atLeast: 0.5 }, note }),
    ...processorRows(rounds, world, { form, to: bareName }),
  ]
}

async function openHttpLanes(
  requests: readonly Buffer[],
  to: { readonly port: number; readonly count: Count; readonly inFlight: number },
): Promise<Lane[]> {
  const { port, count, inFlight } = to
  const lanes: Lane[] = []
  // Together, but not all of them: a queue of connections that nobody has taken yet is not long.
  for (let round = 0; round < inFlight; round++) {
    const opening = requests.map((request) => openHttpLane({ port, request, count }))
    lanes.push(...(await Promise.all(opening)))
  }
  return lanes
}
