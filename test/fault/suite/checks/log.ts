// The log and those who follow it: entries follow one another without a gap, epochs never fall, no write is in
// it twice, and processes that have read equally far hold the same state.

import type { History, Write } from '../history.ts'
import type { Observation, Position, SeenEntry, SeenLog } from '../observation.ts'
import type { Violation } from '../violation.ts'

export function checkLog(history: History, observation: Observation): Violation[] {
  const posts = new Map(
    history.writes.flatMap((write) => (write.kind === 'post' ? [[write.key, write]] : [])),
  )
  return observation.logs.flatMap((log) => [
    ...checkChain(log),
    ...checkWrites(log, posts),
    ...checkAbsent(log, posts),
  ])
}

function checkChain({ partition, entries }: SeenLog): Violation[] {
  return entries.flatMap(({ position, previous }, index): Violation[] => {
    const before = entries[index - 1]?.position
    if (before === undefined) return []
    const where = `partition ${partition}: ${show(position)} behind ${show(before)}`
    if (position.epoch < before.epoch) return [{ rule: 'epoch falls', what: where }]
    if (isAfter(position, before) && isSame(previous, before)) return []
    const rule = isAfter(position, before) ? 'hole' : 'reordered'
    return [{ rule, what: `${where}, which names ${show(previous)} as the one before` }]
  })
}

function checkWrites(
  { partition, entries }: SeenLog,
  posts: ReadonlyMap<string, Write>,
): Violation[] {
  const violations: Violation[] = []
  const places = new Map<string, SeenEntry>()
  for (const entry of entries) {
    for (const key of entry.keys) {
      const before = places.get(key)
      const write = posts.get(key)
      const where = `partition ${partition}: post ${key} at ${show(entry.position)}`
      if (before !== undefined) {
        const rule = write?.outcome === 'acknowledged' ? 'doubled' : 'unknown twice'
        violations.push({ rule, what: `${where} and at ${show(before.position)}` })
      }
      places.set(key, entry)
      if (write?.outcome === 'refused') violations.push({ rule: 'invented', what: where })
    }
  }
  return violations
}

/** Where nothing was trimmed, the log itself has every acknowledged post. */
function checkAbsent(
  { partition, isWhole, entries }: SeenLog,
  posts: ReadonlyMap<string, Write>,
): Violation[] {
  if (!isWhole) return []
  const there = new Set(entries.flatMap(({ keys }) => keys))
  return [...posts.values()]
    .filter((post) => post.partition === partition && post.outcome === 'acknowledged')
    .filter(({ key }) => !there.has(key))
    .map(({ key }) => ({ rule: 'lost', what: `post ${key} is not in the log of ${partition}` }))
}

export function checkEpochs(_history: History, observation: Observation): Violation[] {
  const highest = new Map<string, number>()
  const violations: Violation[] = []
  for (const { observer, partition, epoch } of observation.epochs) {
    const name = `${observer} ${partition}`
    const before = highest.get(name) ?? 0
    if (epoch >= before) highest.set(name, epoch)
    else {
      const what = `${observer} told epoch ${epoch} of partition ${partition} after ${before}`
      violations.push({ rule: 'epoch falls', what })
    }
  }
  return violations
}

export function checkDigests(_history: History, observation: Observation): Violation[] {
  const groups = Map.groupBy(
    observation.digests,
    ({ partition, position }) => `partition ${partition} at ${position}`,
  )
  return [...groups].flatMap(([where, digests]): Violation[] => {
    if (new Set(digests.map(({ digest }) => digest)).size < 2) return []
    const shown = digests.map(({ process, digest }) => `${process} ${digest}`).join(', ')
    return [{ rule: 'digests differ', what: `${where}: ${shown}` }]
  })
}

/**
 * Entries of an epoch that had ended when they were written: those behind `ends`, which is where the log
 * stood at a moment when a later epoch had begun already.
 */
export function checkOldEpochs(
  logs: readonly SeenLog[],
  ends: ReadonlyMap<number, Position>,
): Violation[] {
  return logs.flatMap(({ partition, entries }) => {
    const end = ends.get(partition)
    if (end === undefined) return []
    const at = entries.findIndex(({ position }) => isSame(position, end))
    return entries
      .slice(at + 1)
      .filter(({ position }) => position.epoch < end.epoch)
      .map(
        ({ position }): Violation => ({
          rule: 'old epoch',
          what: `partition ${partition}: ${show(position)} behind ${show(end)}`,
        }),
      )
  })
}

function isAfter(one: Position, other: Position): boolean {
  return one.epoch > other.epoch || (one.epoch === other.epoch && one.sequence > other.sequence)
}

function isSame(one: Position, other: Position): boolean {
  return one.epoch === other.epoch && one.sequence === other.sequence
}

function show({ epoch, sequence }: Position): string {
  return `${epoch}-${sequence}`
}
