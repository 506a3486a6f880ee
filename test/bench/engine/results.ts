// Where the figures of the engine and of its capacity are written.

import type { Results } from '../report.ts'

export const engineResults: Results = {
  file: 'engine-results',
  title: 'Engine results',
  introduction:
    'What the engine of a shard does, without sockets and log. Loops that are compared took turns in one process. Rates are by processor time, because the machine may be shared; the clock is given beside them. Latencies are by the clock.',
  parts: { engine: 'One process, in process', capacity: 'Capacity' },
}
