// What has happened lately, told as an operator would tell it: the death of a shard is one event, and not
// one for each of its partitions. Pure.

import type { MoveReport } from '../../protocol/reports.ts'
import type { EventView, Sample } from './sample.ts'

/** Steps of one kind between the same two processes, each so soon after another, are one event. */
const togetherMs = 3_000
const eventsShownMax = 60

type Step = MoveReport & { readonly by: string }

/** @param seen what this process has noticed by itself */
export function eventsOf({ shards }: Sample, seen: readonly EventView[]): EventView[] {
  const steps = shards.flatMap(({ name, moves }) => moves.map((move) => ({ ...move, by: name })))
  const groups = [...Map.groupBy(steps.filter(isTold), keyOf).values()].flatMap(apart)
  return [...groups.map(eventOf), ...seen]
    .sort((left, right) => right.atMs - left.atMs)
    .slice(0, eventsShownMax)
}

/** Of a planned move both sides tell; the one that gave it tells from where to where. */
function isTold({ what, cause }: Step): boolean {
  return what !== 'taken over' || cause !== undefined
}

function keyOf({ what, from, to, by, cause }: Step): string {
  return JSON.stringify([what, from, to, by, cause !== undefined])
}

/** Cuts where there is a pause. */
function apart(steps: readonly Step[]): Step[][] {
  const groups: Step[][] = []
  for (const step of [...steps].sort((left, right) => left.atMs - right.atMs)) {
    const last = groups.at(-1)
    const lastAtMs = last?.at(-1)?.atMs ?? -Infinity
    if (last !== undefined && step.atMs - lastAtMs <= togetherMs) last.push(step)
    else groups.push([step])
  }
  return groups
}

function eventOf(steps: readonly Step[]): EventView {
  const first = steps[0] as Step
  const partitions = steps.map(({ partition }) => partition).sort((left, right) => left - right)
  const tookMs = Math.max(...steps.map((step) => step.tookMs))
  const atMs = Math.max(...steps.map((step) => step.atMs))
  const shared = { atMs, partitions, tookMs }
  const what = countOf(partitions)
  if (first.cause !== undefined) {
    const { from = 'nobody', by: to, cause } = first
    const text = `Failover: ${to} took ${what} of ${from}; ${cause}`
    return { ...shared, kind: 'failover', text, from, to, cause }
  }
  if (first.what === 'handed over') {
    const { by: from, to = '?' } = first
    return { ...shared, kind: 'move', text: `${what} moved from ${from} to ${to}`, from, to }
  }
  const verb = first.what === 'hosted' ? 'keeps' : 'no longer keeps'
  return { ...shared, kind: 'hosting', text: `${first.by} ${verb} ${what}`, to: first.by }
}

function countOf(partitions: readonly number[]): string {
  if (partitions.length > 1) return `${partitions.length} partitions`
  return `partition ${partitions[0]}`
}
