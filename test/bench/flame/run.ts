// A run under the profiler: a cluster of its own, one load, and what each of its processes has written when it ended.

import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { closing } from '../../../loadtest/std/closing.ts'
import { type Contestant, type Round, runRound } from '../path/closed-loop.ts'
import type { Server } from '../path/program.ts'
import { Rookery } from '../path/rookery.ts'
import { noteRunning, noteStopped } from '../path/running.ts'
import type { Load, Sizes } from './loads.ts'
import { type CpuProfile, type Merged, merge } from './profile.ts'

/** Those of which there are graphs. */
export const kinds = ['shard', 'gateway'] as const
export type Kind = (typeof kinds)[number]

export type Run = {
  readonly round: Round
  readonly merged: Readonly<Record<Kind, Merged>>
}

const repository = new URL('../../../', import.meta.url).href
/** `CPU.<date>.<time>.<process>.<thread>.<number>.cpuprofile`, where the main thread is 0. */
const fileOfMainThread = /^CPU\.\d+\.\d+\.(\d+)\.0\.\d+\.cpuprofile$/

/** A cluster under the profiler, and the directory of its profiles, which goes with it. */
class Profiled implements AsyncDisposable {
  readonly path = mkdtempSync(join(tmpdir(), 'rookery-bench-'))
  readonly starting: Promise<Rookery>

  constructor({ shards }: Sizes) {
    noteRunning(this)
    const nodeOptions = `--cpu-prof --cpu-prof-dir=${JSON.stringify(this.path)}`
    this.starting = Rookery.start({ log: 'embedded', shards, nodeOptions })
  }

  async [Symbol.asyncDispose](): Promise<void> {
    // A process that ends later than its directory would make it again, for its profile.
    const [started] = await Promise.allSettled([this.starting])
    if (started.status === 'fulfilled') await started.value[Symbol.asyncDispose]()
    rmSync(this.path, { recursive: true, force: true, maxRetries: 5 })
    noteStopped(this)
  }
}

/** Throws where a process has left no profile, or one that does not span the measured time. */
export async function run(load: Load, sizes: Sizes): Promise<Run> {
  return await closing(new Profiled(sizes), async ({ path, starting }) => {
    const rookery = await starting
    // A process writes its profile when it ends.
    const round = await closing(rookery, () => measure(rookery, load, sizes))
    const of = (kind: Kind) => merge(profilesOf(kind, rookery.processes, path), round, repository)
    return { round, merged: { shard: of('shard'), gateway: of('gateway') } }
  })
}

async function measure(rookery: Rookery, load: Load, sizes: Sizes): Promise<Round> {
  const users = await load.populate(rookery, sizes)
  const { port } = rookery
  const { inFlight } = sizes
  const asking = users.slice(-sizes.sockets)
  const contestant: Contestant = {
    server: rookery,
    openLanes: (count) =>
      Promise.all(asking.map((user) => load.openLane({ port, user, inFlight, count }))),
  }
  await runRound(contestant, sizes.warming)
  return await runRound(contestant, sizes.seconds)
}

function profilesOf(kind: Kind, processes: Server['processes'], directory: string): CpuProfile[] {
  const paths = new Map(
    readdirSync(directory).flatMap((name) => {
      const pid = fileOfMainThread.exec(name)?.[1]
      return pid === undefined ? [] : [[Number(pid), join(directory, name)] as const]
    }),
  )
  return processes
    .filter((one) => one.kind === kind)
    .map(({ pid }) => {
      const path = paths.get(pid)
      if (path === undefined) throw new Error(`a ${kind}, process ${pid}, has left no profile`)
      return JSON.parse(readFileSync(path, 'utf8')) as CpuProfile
    })
}
