// Memory per client that is connected, subscribed and idle, at 50,000, of all processes of the server. It lies between
// two figures:
//
//   at most    beyond an empty cluster: with the 50,000 users, their sessions and the garbage of signing them in
//   at least   beyond a cluster in which they have signed in: new sockets take memory over from that garbage
//
// The goal is held against the first. Beside them stands a socket of bare uWebSockets.js.

import { elapse } from '../../helpers/eventually.ts'
import type { Row } from '../measure.ts'
import { bareName, startBare } from './baselines.ts'
import type { Measure, Sizes } from './measure.ts'
import { type ByKind, difference, residentMemory, type Server, total } from './program.ts'
import { Rookery } from './rookery.ts'
import { Swarm, type SwarmOptions, socketsPerProcessMax } from './swarm.ts'

const goal = { atMost: 8 * 1024 }
/** Garbage goes with time: until so many looks in a row find no less. */
const looksWithoutLess = 3
const looksMax = 20

export const idleMemory: Measure = {
  name: 'idle-memory',
  about: 'memory per idle connected and subscribed client, at 50,000',
  title: 'Memory of idle clients',
  run: async (sizes) => [...(await ofRookery(sizes)), ...(await ofBare(sizes))],
}

async function ofRookery({ idle, shards, settleMs }: Sizes): Promise<Row[]> {
  const gateways = Math.ceil(idle / socketsPerProcessMax)
  const rookery = await Rookery.start({ log: 'embedded', shards, gateways })
  try {
    const empty = await settledMemory(rookery, settleMs)
    const users = await rookery.populate(idle, () => [])
    const tokens = users.map(({ token }) => token)
    const swarm = { dialect: 'rookery', port: rookery.port, tokens } as const
    const { before, after } = await memoryOf(rookery, { swarm, settleMs })
    const perClient = (what: string, from: ByKind): Row => {
      const used = difference(after, from)
      const kinds = Object.entries(used).map(
        ([kind, bytes]) => `${kind} ${(bytes / idle).toFixed(0)}`,
      )
      const note = `${idle} clients on ${gateways} gateways and ${shards} shards: ${kinds.join(', ')}`
      return { what: `${what}: ${rookery.name}`, value: total(used) / idle, unit: 'bytes', note }
    }
    return [
      { ...perClient('per client, at most', empty), goal },
      perClient('per client, at least', before),
    ]
  } finally {
    await rookery[Symbol.asyncDispose]()
  }
}

async function ofBare({ idle, settleMs }: Sizes): Promise<Row[]> {
  const count = Math.min(idle, socketsPerProcessMax)
  const bare = await startBare({})
  try {
    const tokens = Array.from({ length: count }, () => '')
    const swarm = { dialect: 'bare', port: bare.port, tokens } as const
    const { before, after } = await memoryOf(bare, { swarm, settleMs })
    const used = difference(after, before)
    const note = `${count} clients, subscribed to a topic`
    return [{ what: `per client: ${bareName}`, value: total(used) / count, unit: 'bytes', note }]
  } finally {
    await bare[Symbol.asyncDispose]()
  }
}

/** What the server holds before the clients come, and with them. */
async function memoryOf(
  server: Server,
  { swarm: options, settleMs }: { readonly swarm: SwarmOptions; readonly settleMs: number },
): Promise<{ readonly before: ByKind; readonly after: ByKind }> {
  const before = await settledMemory(server, settleMs)
  const swarm = await Swarm.open(options)
  try {
    return { before, after: await settledMemory(server, settleMs) }
  } finally {
    await swarm[Symbol.asyncDispose]()
  }
}

async function settledMemory(server: Server, settleMs: number): Promise<ByKind> {
  let least = residentMemory(server)
  for (let looks = 0, same = 0; looks < looksMax && same < looksWithoutLess; looks++) {
    await elapse(settleMs)
    const now = residentMemory(server)
    same = total(now) < total(least) ? 0 : same + 1
    if (same === 0) least = now
  }
  return least
}
