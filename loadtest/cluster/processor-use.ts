// How much processor a stretch of work took: of the server's processes for each answer, and of this
// process, which is the bottleneck itself where it comes near to one processor.

import type { Target } from './cluster.ts'
import { processorTimesBetween } from './processes.ts'

/** A reading; two of them bound a stretch. */
export type Usage = ReturnType<typeof usageOf>

export type ProcessorUse = {
  /** Processor time of the server for one answer, by kind of process; absent where it is unknown. */
  readonly serverUsPerAnswer?: Readonly<Record<string, number>>
  /** How busy this process was, 1 being one processor: near 1 it is the bottleneck itself. */
  readonly generatorLoad: number
}

export function usageOf(target: Target) {
  return { atMs: performance.now(), own: process.cpuUsage(), server: target.processorTimes() }
}

/** @param answered how many answers the stretch gave */
export function processorUse(
  { before, after }: { readonly before: Usage; readonly after: Usage },
  answered: number,
): ProcessorUse {
  const ownUs = after.own.user + after.own.system - before.own.user - before.own.system
  const generatorLoad = ownUs / 1000 / (after.atMs - before.atMs)
  if (before.server === undefined || after.server === undefined) return { generatorLoad }
  const used = processorTimesBetween(before.server, after.server)
  const perAnswer = Object.entries(used).map(([kind, us]) => [kind, us / Math.max(1, answered)])
  return { generatorLoad, serverUsPerAnswer: Object.fromEntries(perAnswer) }
}
