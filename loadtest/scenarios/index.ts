// The registry of scenarios: a line each.

import type { AnyScenario } from '../scenario.ts'
import { celebrity } from './celebrity.ts'
import { http } from './http.ts'
import { importGraph } from './import.ts'
import { live } from './live.ts'
import { posts } from './posts.ts'
import { reads } from './reads.ts'
import { seed } from './seed.ts'
import { slow } from './slow.ts'
import { soak } from './soak.ts'
import { storm } from './storm.ts'
import { verify } from './verify.ts'

export const scenarios: readonly AnyScenario[] = [
  seed,
  verify,
  reads,
  posts,
  importGraph,
  live,
  storm,
  slow,
  celebrity,
  http,
  soak,
]
