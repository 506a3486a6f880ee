// reads: home timeline pages per second.

import { pageLimitMax } from '../../protocol/limits.ts'
import { timelineHome } from '../../protocol/operations/timeline-home.ts'
import { measureThroughput, throughputOptions } from '../closed-loop/throughput.ts'
import { defineScenario } from '../scenario.ts'

export const reads = defineScenario({
  name: 'reads',
  summary: 'home timeline reads per second',
  options: {
    ...throughputOptions,
    limit: { kind: 'number', default: 20, min: 1, max: pageLimitMax, meaning: 'Tweets of a page' },
  },
  run: (given, run) => {
    const params = { limit: given.limit }
    const work = { what: 'reads', operation: timelineHome, makeParams: () => () => params }
    return measureThroughput(given, work, run)
  },
})
