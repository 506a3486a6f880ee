// The measures of the whole path, a line each, in the order in which they run.

import { homeTimelines } from './home-timelines.ts'
import { idleMemory } from './idle-memory.ts'
import { latencies } from './latencies.ts'
import type { Measure } from './measure.ts'
import { posts } from './posts.ts'
import { push } from './push.ts'

export const measures: readonly Measure[] = [homeTimelines, posts, push, latencies, idleMemory]
