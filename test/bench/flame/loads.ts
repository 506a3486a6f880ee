// The loads of which flame graphs are made: what is in the cluster, and what is then asked of it.

import type { Count, Lane } from '../path/closed-loop.ts'
import { homePath, pageLength, populateHomes, subprotocol } from '../path/home-world.ts'
import { getRequest, openHttpLane } from '../path/http-lane.ts'
import { homePayload, postPayload } from '../path/requests.ts'
import type { Rookery, User } from '../path/rookery.ts'
import { openSocketLane } from '../path/socket-lane.ts'

export type Sizes = {
  /** That are measured. */
  readonly seconds: number
  /** Under the same load, before: code is compiled by what it has met. */
  readonly warming: number
  readonly shards: number
  readonly users: number
  /** Connections that ask or post. */
  readonly sockets: number
  /** Requests without an answer on each socket. */
  readonly inFlight: number
  /** Of each author of the load of posts. */
  readonly followers: number
}

export type Load = {
  /** What its files begin with. */
  readonly name: string
  readonly title: string
  /** What its rate counts. */
  readonly unit: string
  note(sizes: Sizes): string
  populate(rookery: Rookery, sizes: Sizes): Promise<readonly User[]>
  openLane(to: LaneOptions): Promise<Lane>
}

type LaneOptions = {
  readonly port: number
  readonly user: User
  readonly inFlight: number
  readonly count: Count
}

const inHomes = (rookery: Rookery, { users }: Sizes) => populateHomes(rookery, users)
const overWebSocket = (payload: Buffer, { port, user, inFlight, count }: LaneOptions) => {
  const own = { port, token: user.token, inFlight, count }
  return openSocketLane({ ...own, path: '/v1/live', subprotocol, payload, batch: 1 })
}
const posting = postPayload(Date.now().toString(36))

export const loads: readonly Load[] = [
  {
    name: 'home',
    title: `Home timelines of ${pageLength} tweets over WebSocket`,
    unit: 'home timelines',
    note: ({ sockets, inFlight }) =>
      `${sockets} sockets of different users, ${inFlight} requests in flight on each`,
    populate: inHomes,
    openLane: (options) => overWebSocket(homePayload(pageLength), options),
  },
  {
    name: 'posts',
    title: 'Posts of authors with few followers over WebSocket',
    unit: 'posts',
    note: ({ sockets, inFlight, followers }) =>
      `${sockets} authors with ${followers} followers each, ${inFlight} posts in flight of each`,
    populate: async (rookery, { users: count, followers }) => {
      const users = await rookery.populate(count, (user) => nextOf(user, { count, followers }))
      await rookery.readAll(users)
      return users
    },
    openLane: (options) => overWebSocket(posting, options),
  },
  {
    name: 'http',
    title: `Home timelines of ${pageLength} tweets over HTTP`,
    unit: 'home timelines',
    note: ({ sockets }) => `${sockets} connections, one request at a time on each, answers in JSON`,
    populate: inHomes,
    openLane: ({ port, user, count }) =>
      openHttpLane({ port, request: getRequest(homePath, user.token), count }),
  },
]

/** In a circle everybody follows the next ones, and so has as many followers. */
function nextOf(user: number, { count, followers }: { count: number; followers: number }) {
  return Array.from({ length: followers }, (_, place) => (user + place + 1) % count)
}
