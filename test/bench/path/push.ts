// A tweet that is pushed to 10,000 connected followers: how long it takes from the first socket to the last, beside
// bare `publish` and beside socket.io with its Redis adapter.

import { unpack } from '../../../protocol/frame.ts'
import { median, type Row } from '../measure.ts'
import { bareName, socketIoName, startBare, startSocketIo } from './baselines.ts'
import { subprotocol } from './home-world.ts'
import type { Measure, Sizes } from './measure.ts'
import { difference, processorTimes, type Server, total } from './program.ts'
import { frameOf, RawSocket } from './raw-socket.ts'
import { isTweetPush, nowUs, subscribePayload } from './requests.ts'
import { Rookery, type User } from './rookery.ts'
import { Swarm } from './swarm.ts'
import type { Dialect } from './swarm-messages.ts'

/** Pushes of each contestant in a round. */
const pushesPerRound = 4

type Contestant = {
  readonly server: Server
  readonly swarm: Swarm
  /** Sends the tweet. */
  post(): Promise<unknown>
}

type Push = { readonly spreadMs: number; readonly totalMs: number; readonly serverMs: number }

export const push: Measure = {
  name: 'push',
  about: 'one tweet to 10,000 connected followers, first to last socket',
  title: 'A push to connected followers',
  run: measurePush,
}

async function measurePush(sizes: Sizes): Promise<Row[]> {
  const started: AsyncDisposable[] = []
  try {
    const contestants = await startAll(sizes, started)
    const pushes = new Map(contestants.map(({ server }) => [server.name, [] as Push[]]))
    for (let round = 0; round <= sizes.rounds * pushesPerRound; round++) {
      for (const contestant of contestants) {
        const done = await pushOnce(contestant, sizes.connected)
        if (round > 0) pushes.get(contestant.server.name)!.push(done)
      }
    }
    return rowsOf(pushes, sizes.connected)
  } finally {
    for (const one of started.reverse()) await one[Symbol.asyncDispose]()
  }
}

async function startAll(
  { connected, shards }: Sizes,
  started: AsyncDisposable[],
): Promise<Contestant[]> {
  const keep = <T extends AsyncDisposable>(one: T): T => {
    started.push(one)
    return one
  }
  const rookery = keep(await Rookery.start({ log: 'embedded', shards }))
  const users = await rookery.populate(connected + 1, (user) => (user === 0 ? [] : [0]))
  const author = keep(await rookery.client(users[0]))
  const post = () =>
    author.call('tweet.post', { text: 'the heron has come back to the weir, they say' })
  const frame = await recordPush(rookery.port, users[1]!, post)
  const [, , pushed] = unpack(frame) as [number, string, unknown]
  const bare = keep(await startBare({ push: frame }))
  const socketIo = keep(await startSocketIo({ pushed }))
  const swarm = async (dialect: Dialect, server: Server, tokens: readonly string[]) =>
    keep(await Swarm.open({ dialect, port: server.port, tokens }))
  const nobody = Array.from({ length: connected }, () => '')
  const tokens = users.slice(1).map(({ token }) => token)
  const postTo = ({ port }: Server) => fetch(`http://127.0.0.1:${port}/push`, { method: 'POST' })
  return [
    { server: rookery, swarm: await swarm('rookery', rookery, tokens), post },
    { server: bare, swarm: await swarm('bare', bare, nobody), post: () => postTo(bare) },
    {
      server: socketIo,
      swarm: await swarm('socket.io', socketIo, nobody),
      post: () => postTo(socketIo),
    },
  ]
}

/** The bytes that a follower is sent. */
async function recordPush(
  port: number,
  follower: User,
  post: () => Promise<unknown>,
): Promise<Buffer> {
  const subscribed = Promise.withResolvers<void>()
  const pushed = Promise.withResolvers<Buffer>()
  const socket = await RawSocket.open({
    port,
    path: '/v1/live',
    token: follower.token,
    subprotocol,
    onFrame: (bytes, start, end) => {
      if (isTweetPush(bytes, start)) pushed.resolve(Buffer.from(bytes.subarray(start, end)))
      else subscribed.resolve()
    },
    onLost: (why) => pushed.reject(new Error(why)),
  })
  socket.send(frameOf(subscribePayload(), 'binary'))
  await subscribed.promise
  await post()
  const frame = await pushed.promise
  socket.close()
  return frame
}

async function pushOnce({ server, swarm, post }: Contestant, count: number): Promise<Push> {
  const received = await swarm.expect(count)
  const before = processorTimes(server)
  const startUs = nowUs()
  await post()
  const { firstUs, lastUs } = await received()
  const used = difference(processorTimes(server), before)
  return {
    spreadMs: (lastUs - firstUs) / 1e3,
    totalMs: (lastUs - startUs) / 1e3,
    serverMs: total(used),
  }
}

function rowsOf(all: ReadonlyMap<string, readonly Push[]>, connected: number): Row[] {
  const names = [...all.keys()]
  const spread = (name: string): number => median(all.get(name)!.map(({ spreadMs }) => spreadMs))
  const row = (name: string): Row[] => {
    const pushes = all.get(name)!
    const serverMs = pushes.reduce((sum, one) => sum + one.serverMs, 0) / pushes.length
    const note = `${pushes.length} pushes; ${serverMs.toFixed(1)} ms of the server's processor time`
    const whole = median(pushes.map(({ totalMs }) => totalMs))
    return [
      { what: `first to last socket: ${name}`, value: spread(name), unit: 'ms', note },
      { what: `post to last socket: ${name}`, value: whole, unit: 'ms' },
    ]
  }
  const ours = spread(names[0]!)
  const note = `${connected} sockets`
  return [
    ...names.flatMap(row),
    ratio(
      'first to last: Rookery takes, of bare publish',
      ours / spread(bareName),
      { atMost: 2 },
      note,
    ),
    ratio('first to last: B takes, of Rookery', spread(socketIoName) / ours, { atLeast: 5 }, note),
  ]
}

function ratio(what: string, value: number, goal: NonNullable<Row['goal']>, note: string): Row {
  return { what, value, unit: 'times', goal, note }
}
