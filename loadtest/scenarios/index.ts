// The registry of scenarios: a line each.

import type { AnyScenario } from '../scenario.ts'
import { importGraph } from './import.ts'
import { posts } from './posts.ts'
import { reads } from './reads.ts'
import { seed } from './seed.ts'
import { verify } from './verify.ts'

export const scenarios: readonly AnyScenario[] = [seed, verify, reads, posts, importGraph]
