// What would outlast the benchmark if it is broken off: servers that know nothing of it, and directories. Processes
// of ours end by themselves when their channel closes.

import { freePort, RedisServer, type RedisServerOptions } from '../../helpers/redis-server.ts'

const running = new Set<AsyncDisposable>()

/** Notes what has to be disposed of, by its owner or at the latest by `stopAll`. */
export function noteRunning(resource: AsyncDisposable): void {
  running.add(resource)
}

export function noteStopped(resource: AsyncDisposable): void {
  running.delete(resource)
}

/** For a run that is broken off from outside. */
export async function stopAll(): Promise<void> {
  await Promise.allSettled([...running].map((resource) => resource[Symbol.asyncDispose]()))
}

/** A Redis that ends with the benchmark, also while it starts. Dispose of it with `stopRedis`. */
export async function startRedis(options: RedisServerOptions = {}): Promise<RedisServer> {
  const redis = new RedisServer(await freePort(), options)
  noteRunning(redis)
  try {
    await redis.restart()
    return redis
  } catch (error) {
    await stopRedis(redis)
    throw error
  }
}

export async function stopRedis(redis: RedisServer): Promise<void> {
  await redis.stop()
  noteStopped(redis)
}
