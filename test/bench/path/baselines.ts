// Starts the servers that Rookery is compared with.

import { mkdtempSync, rmSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { pack } from '../../../protocol/frame.ts'
import { freePort, type RedisServer } from '../../helpers/redis-server.ts'
import { Program, type Server } from './program.ts'
import { startRedis, stopRedis } from './running.ts'
import { readyPattern, type Told } from './servers/told.ts'

export const bareName = 'bare uWebSockets.js'
export const twoBareName = `${bareName}, two processes`
export const relayName = 'bare relay of two processes'
export const redisTimelineName = 'A: Redis lists'
export const socketIoName = 'B: socket.io'

/** What answers the same bytes with nothing behind it. */
export async function startBare(told: Told): Promise<Server> {
  return await start(bareName, { module: new URL('./servers/bare.ts', import.meta.url), told })
}

/** The same twice, as two gateways: the system spreads connections over both. */
export async function startTwoBare(told: Told): Promise<Server> {
  const module = new URL('./servers/bare.ts', import.meta.url)
  const servers: Server[] = []
  const stop = async (): Promise<void> => {
    for (const server of servers) await server[Symbol.asyncDispose]()
  }
  try {
    const sharedPort = await freePort()
    while (servers.length < 2) {
      servers.push(await start(twoBareName, { module, told: { ...told, sharedPort } }))
    }
    const processes = servers.flatMap((server) => server.processes)
    return { name: twoBareName, port: sharedPort, processes, [Symbol.asyncDispose]: stop }
  } catch (error) {
    await stop()
    throw error
  }
}

/** The same through a front and a back. */
export async function startRelay(told: Told): Promise<Server> {
  const module = new URL('./servers/relay.ts', import.meta.url)
  return await start(relayName, { module, told })
}

export type RedisTimeline = Server & { readonly redis: RedisServer }

/** Timelines as lists in a Redis of their own, which flushes once a second. */
export async function startRedisTimeline(told: Told): Promise<RedisTimeline> {
  const module = new URL('./servers/redis-timeline.ts', import.meta.url)
  return await startOnRedis(redisTimelineName, { module, told })
}

export async function startSocketIo(told: Told): Promise<Server> {
  const module = new URL('./servers/socket-io.ts', import.meta.url)
  return await startOnRedis(socketIoName, { module, told })
}

type Start = { readonly module: URL; readonly told: Told }

async function startOnRedis(name: string, { module, told }: Start): Promise<RedisTimeline> {
  const redis = await startRedis()
  try {
    const server = await start(name, { module, told: { ...told, redisPort: redis.port } })
    return {
      ...server,
      redis,
      processes: [...server.processes, { kind: 'redis', pid: redis.pid }],
      [Symbol.asyncDispose]: async () => {
        await server[Symbol.asyncDispose]()
        await stopRedis(redis)
      },
    }
  } catch (error) {
    await stopRedis(redis)
    throw error
  }
}

async function start(name: string, { module, told }: Start): Promise<Server> {
  const directory = mkdtempSync(join(tmpdir(), 'rookery-bench-'))
  try {
    const path = join(directory, 'told')
    writeFileSync(path, pack(told))
    const program = await Program.start({ module, args: [path], ready: readyPattern })
    return {
      name,
      port: Number(program.read(readyPattern)),
      processes: [{ kind: 'server', pid: program.pid }, ...backOf(program)],
      [Symbol.asyncDispose]: () => program[Symbol.asyncDispose](),
    }
  } finally {
    rmSync(directory, { recursive: true, force: true })
  }
}

/** The second process of a server that has one. */
function backOf({ output }: Program): Server['processes'] {
  const pid = /^back (\d+)$/m.exec(output)?.[1]
  return pid === undefined ? [] : [{ kind: 'back', pid: Number(pid) }]
}
