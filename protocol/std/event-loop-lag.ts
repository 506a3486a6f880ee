// How late the event loop runs: the one figure that says whether a process keeps up.
//
// Node samples the delay of a timer in native code. The gauge gives quantiles since the last scrape,
// so a short stall stays visible in the next one and is gone in the one after it.

import { monitorEventLoopDelay } from 'node:perf_hooks'
import type { Registry } from 'prom-client'
import { Gauge } from 'prom-client'

/** The period of the sampling timer. Delays are told on top of it. */
const resolutionMs = 10
const quantiles = [0.5, 0.9, 0.99, 1]

/** How late the event loop ran since the last time it was asked, in milliseconds. */
export class LoopLagMeter {
  readonly #delays = monitorEventLoopDelay({ resolution: resolutionMs })

  constructor() {
    this.#delays.enable()
  }

  read(): { readonly p50Ms: number; readonly p99Ms: number; readonly maxMs: number } {
    const delays = this.#delays
    const at = (percentile: number): number => {
      const delayNs = delays.count === 0 ? 0 : delays.percentile(percentile)
      return Math.max(0, delayNs / 1e6 - resolutionMs)
    }
    const read = { p50Ms: at(50), p99Ms: at(99), maxMs: at(100) }
    delays.reset()
    return read
  }

  close(): void {
    this.#delays.disable()
  }
}

/** Registers `rookery_event_loop_lag_seconds{quantile}`. `close` stops the sampling. */
export function measureEventLoopLag(register: Registry): { close(): void } {
  const delays = monitorEventLoopDelay({ resolution: resolutionMs })
  delays.enable()
  const gauge = new Gauge({
    name: 'rookery_event_loop_lag_seconds',
    help: 'How late timers ran since the last scrape, in seconds, by quantile; 1 is the worst.',
    labelNames: ['quantile'],
    registers: [],
    collect() {
      for (const quantile of quantiles) {
        const delayNs = delays.count === 0 ? 0 : delays.percentile(quantile * 100)
        const lagSeconds = Math.max(0, delayNs / 1e9 - resolutionMs / 1e3)
        this.set({ quantile: String(quantile) }, lagSeconds)
      }
      delays.reset()
    },
  })
  register.registerMetric(gauge)
  return { close: () => void delays.disable() }
}
