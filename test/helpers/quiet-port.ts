// Ports for what is to be found at the same place after it was killed and started again.

import { createServer } from 'node:net'
import { eventually } from './eventually.ts'

const lowest = 10_000
/** Test files run side by side, in so many processes at most. Each has ports of its own to choose from. */
const poolsMax = 8
const portsOfPool = 2_500
const pool = Number(process.env['VITEST_POOL_ID'] ?? 0) % poolsMax
/** A port that was given may be free for a while, before its owner listens, or while it is being started again. */
const given = new Set<number>()

/**
 * A free port from below those that systems give to outgoing connections (from 32768 on Linux, 49152
 * elsewhere): so nobody takes it by chance while its owner is being started again.
 */
export async function quietPort(): Promise<number> {
  const first = lowest + pool * portsOfPool
  const port = await eventually(() => tryPort(first + Math.floor(Math.random() * portsOfPool)), {
    withinMs: 5_000,
  })
  given.add(port)
  return port
}

async function tryPort(port: number): Promise<number | undefined> {
  if (given.has(port)) return undefined
  return await new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)))
  })
}
