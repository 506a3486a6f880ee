// The measures of the engine, a line each.

import { deliveries } from './deliveries.ts'
import { edgeMemoryEven, edgeMemoryFollowers, edgeMemoryFollows } from './edge-memory.ts'
import { follows } from './follows.ts'
import type { Measure } from './measure.ts'
import { millionFollowers } from './million-followers.ts'
import { pages } from './pages.ts'
import { rebuild } from './rebuild.ts'
import { suggestions } from './suggestions.ts'

export const measures: readonly Measure[] = [
  deliveries,
  millionFollowers,
  edgeMemoryEven,
  edgeMemoryFollowers,
  edgeMemoryFollows,
  follows,
  pages,
  rebuild,
  suggestions,
]
