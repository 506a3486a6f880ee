// Users for a measurement: those of a state file, or a small population made for the run.

import { existsSync } from 'node:fs'
import type { Target } from '../cluster/cluster.ts'
import type { World } from '../oracle/oracle.ts'
import { readWorld, stateFileDefault } from '../oracle/state.ts'
import type { Report } from '../report/report.ts'
import { Random } from '../std/random.ts'
import { randomGraph } from './population.ts'
import { seedPopulation, writesOf } from './seeder.ts'

export type CrowdSize = {
  readonly nodes: number
  readonly followsEach: number
  readonly tweets: number
}

/** Large enough for full pages, small enough to be there in seconds. */
export const crowdSize: CrowdSize = { nodes: 200, followsEach: 20, tweets: 2_000 }

export type CrowdOptions = {
  readonly target: Target
  /** A state file whose users are taken; must be of this server. */
  readonly state: string | undefined
  readonly seed: string
  readonly report: Report
}

/** The users of the run. Throws where a state file is named that cannot be read, or has no users. */
export async function gatherCrowd(options: CrowdOptions): Promise<World> {
  const { target, state, report } = options
  if (state !== undefined) return await knownCrowd(state)
  if (!target.isOwn && existsSync(stateFileDefault)) {
    const world = await knownCrowd(stateFileDefault)
    if (world.url === target.url) {
      report.line(`users: the ${world.users.size} of ${stateFileDefault}`)
      return world
    }
  }
  return await makeCrowd(options)
}

/** Tokens for so many sockets; users are used again where there are fewer. */
export function tokensOf(world: World, count: number): string[] {
  const users = [...world.users.values()]
  return Array.from({ length: count }, (_, index) => users[index % users.length]!.token)
}

async function knownCrowd(path: string): Promise<World> {
  const world = await readWorld(path)
  if (world.users.size === 0) throw new Error(`${path} holds no users: run seed first`)
  return world
}

/** Users who are this run's own, whatever the server holds. Throws where they cannot be made. */
export async function makeCrowd(
  { target, seed, report }: Omit<CrowdOptions, 'state'>,
  size = crowdSize,
): Promise<World> {
  const graph = randomGraph(new Random(`${seed} crowd`), size)
  const totals = {
    posts: size.tweets,
    favorites: 0,
    unfavorites: 0,
    deletes: 0,
    unfollows: 0,
    refollows: 0,
    repeats: 0,
  }
  const progress = report.progress('users and tweets to measure with', writesOf({ graph, totals }))
  // On a server that is not ours an earlier crowd may have taken the handles.
  const run = target.isOwn ? '' : `${Date.now().toString(36).slice(-7)}_`
  const { world, failed } = await seedPopulation({
    url: target.url,
    graph,
    seed,
    prefix: `c${run}`,
    zipfExponent: 1,
    totals,
    sockets: 16,
    inFlight: 16,
    sink: { add: () => undefined },
    onDone: () => progress.add(),
  })
  progress.end()
  if (failed.size > 0) throw new Error(`the crowd could not be made: ${[...failed.keys()][0]}`)
  return world
}
