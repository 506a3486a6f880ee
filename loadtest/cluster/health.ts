// How the processes of a server feel over time: what their admin ports tell about memory, descriptors
// and the lag of the event loop, read again and again.

/** The admin port of one process. */
export type MetricsDoor = {
  readonly name: string
  /** Such as `http://127.0.0.1:9101`. */
  readonly url: string
}

/** What is watched, by its name in the metrics of a process. */
export const measures = {
  residentBytes: 'process_resident_memory_bytes',
  heapBytes: 'nodejs_heap_size_used_bytes',
  descriptors: 'process_open_fds',
  lagSeconds: 'rookery_event_loop_lag_seconds{quantile="0.99"}',
} as const

export type Measure = keyof typeof measures

/** One reading of one process. What a process does not tell (descriptors, outside Linux) is absent. */
export type Reading = { readonly atSeconds: number } & { readonly [M in Measure]?: number }

const startTimeName = 'process_start_time_seconds'
/** Only gateways tell it. */
const gatewayName = 'rookery_gateway_connections'
const readTimeoutMs = 5_000

/** The values of a page of metrics in Prometheus's text form, by name and labels as they stand there. */
export function parseMetrics(text: string): Map<string, number> {
  const values = new Map<string, number>()
  for (const line of text.split('\n')) {
    if (line.startsWith('#')) continue
    const end = line.lastIndexOf(' ')
    if (end > 0) values.set(line.slice(0, end), Number(line.slice(end + 1)))
  }
  return values
}

export type HealthOptions = {
  readonly doors: readonly MetricsDoor[]
  /** A process did not tell, or is not the one that it was. */
  readonly onError: (message: string) => void
}

/** Collects the readings of several processes. */
export class Health {
  readonly readings = new Map<string, Reading[]>()
  /** Those of the processes that are gateways, by what they tell. */
  readonly gateways = new Set<string>()
  readonly #options: HealthOptions
  readonly #startTimes = new Map<string, number>()
  readonly #startedMs = performance.now()

  constructor(options: HealthOptions) {
    this.#options = options
    for (const { name } of options.doors) this.readings.set(name, [])
  }

  /** Reads every process once. */
  async read(): Promise<void> {
    await Promise.all(this.#options.doors.map((door) => this.#readOne(door)))
  }

  async #readOne({ name, url }: MetricsDoor): Promise<void> {
    const text = await this.#fetch(new URL('/metrics', url))
    if (text === undefined) {
      this.#options.onError(`${name} did not tell how it is`)
      return
    }
    const values = parseMetrics(text)
    this.#checkStart(name, values.get(startTimeName))
    if (values.has(gatewayName)) this.gateways.add(name)
    const atSeconds = (performance.now() - this.#startedMs) / 1_000
    const told = Object.entries(measures).flatMap(([measure, metric]) => {
      const value = values.get(metric)
      return value === undefined || Number.isNaN(value) ? [] : [[measure, value] as const]
    })
    this.readings.get(name)?.push({ atSeconds, ...Object.fromEntries(told) })
  }

  async #fetch(url: URL): Promise<string | undefined> {
    try {
      const response = await fetch(url, { signal: AbortSignal.timeout(readTimeoutMs) })
      return response.ok ? await response.text() : undefined
    } catch {
      // Nobody there, or nobody in time: fetch tells both by throwing, and the caller counts it.
      return undefined
    }
  }

  /** A process that was started again would hide its leak, and has failed besides. */
  #checkStart(name: string, startTime = 0): void {
    const known = this.#startTimes.get(name)
    if (known !== undefined && known !== startTime) {
      this.#options.onError(`${name} was started again`)
    }
    this.#startTimes.set(name, startTime)
  }
}
