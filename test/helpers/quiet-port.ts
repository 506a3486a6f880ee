// Ports for what is to be found at the same place after it was killed and started again.

import { createServer } from 'node:net'
import { eventually } from './eventually.ts'

/**
 * A free port from below those that systems give to outgoing connections (from 32768 on Linux, 49152
 * elsewhere): so nobody takes it by chance while its owner is being started again.
 */
export async function quietPort(): Promise<number> {
  return await eventually(() => tryPort(10_000 + Math.floor(Math.random() * 20_000)), {
    withinMs: 5_000,
  })
}

function tryPort(port: number): Promise<number | undefined> {
  return new Promise((resolve) => {
    const server = createServer()
    server.once('error', () => resolve(undefined))
    server.listen(port, '127.0.0.1', () => server.close(() => resolve(port)))
  })
}
