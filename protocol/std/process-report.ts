// What a process tells of itself to the operators' console: memory, processor time, the event loop.

import { hostname } from 'node:os'
import { LoopLagMeter } from './event-loop-lag.ts'

export class ProcessReporter {
  readonly #lag = new LoopLagMeter()
  readonly #startedAtMs = Math.round(Date.now() - process.uptime() * 1000)

  /** The lag is that since the last call. */
  read() {
    const { rss, heapUsed } = process.memoryUsage()
    const { user, system } = process.cpuUsage()
    return {
      atMs: Date.now(),
      pid: process.pid,
      machine: hostname(),
      startedAtMs: this.#startedAtMs,
      cpuMs: Math.round((user + system) / 1000),
      residentBytes: rss,
      heapBytes: heapUsed,
      lag: this.#lag.read(),
    }
  }

  close(): void {
    this.#lag.close()
  }
}
