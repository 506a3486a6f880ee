// Profiles of processes, as node writes them with --cpu-prof, cut to the time that was measured, and merged into one
// tree of functions. Pure.
//
//   samples   . . i i a b a i b b a . . .        startTime + the sum of the deltas is when each was taken
//                 |  measured   |                by CLOCK_MONOTONIC, which process.hrtime() reads as well
//
// So start-up, signing in and the drain fall away by the clock that the load was measured by, and what is idle
// within the measured time falls away by what the sample says.

import { type CallFrame, type Code, codeOf } from './code.ts'

/** What is used of https://chromedevtools.github.io/devtools-protocol/tot/Profiler/#type-Profile */
export type CpuProfile = {
  readonly nodes: readonly ProfileNode[]
  /** Microseconds. */
  readonly startTime: number
  readonly endTime: number
  /** Ids of nodes. */
  readonly samples: readonly number[]
  /** Microseconds since the sample before; of the first one since `startTime`. */
  readonly timeDeltas: readonly number[]
}

export type ProfileNode = {
  readonly id: number
  readonly callFrame: CallFrame
  readonly children?: readonly number[]
}

/** Microseconds by the monotonic clock of the machine. */
export type TimeSpan = { readonly fromUs: number; readonly toUs: number }

/** A function with those who called it. */
export type Frame = {
  readonly code: Code
  /** Samples taken in the function itself. */
  own: number
  /** Those and the samples in whatever it called. */
  total: number
  readonly children: Map<string, Frame>
}

/** What all processes of a kind did in the measured time. */
export type Merged = {
  /** Without idle time. */
  readonly root: Frame
  readonly processes: number
  /** Idle ones included. */
  readonly samples: number
}

const idleName = '(idle)'
export const rootName = 'all'

/**
 * Merges the samples of some profiles that were taken in `span`.
 * @param root the address of the directory that names of our own files begin at: `file:///…/`
 * @throws RangeError where a profile does not span the time, and so was not taken by its clock or not all of it
 */
export function merge(profiles: readonly CpuProfile[], span: TimeSpan, root: string): Merged {
  const all = frameOf({ key: rootName, name: rootName, place: '', kind: 'state' })
  let samples = 0
  for (const profile of profiles) {
    const counts = countsWithin(profile, span)
    for (const count of counts.values()) samples += count
    addProfile(all, { profile, counts, root })
  }
  return { root: all, processes: profiles.length, samples }
}

/** How many samples each node has in the time. */
function countsWithin(profile: CpuProfile, { fromUs, toUs }: TimeSpan): Map<number, number> {
  const { startTime, endTime, samples, timeDeltas } = profile
  if (startTime > fromUs || endTime < toUs) {
    throw new RangeError(
      `a profile from ${startTime} to ${endTime} does not span what was measured, ${fromUs} to ${toUs}`,
    )
  }
  const counts = new Map<number, number>()
  let atUs = startTime
  for (const [place, id] of samples.entries()) {
    atUs += timeDeltas[place] ?? 0
    if (atUs >= fromUs && atUs < toUs) counts.set(id, (counts.get(id) ?? 0) + 1)
  }
  return counts
}

type Counted = {
  readonly profile: CpuProfile
  readonly counts: ReadonlyMap<number, number>
  readonly root: string
}

function addProfile(all: Frame, { profile, counts, root }: Counted): void {
  const nodes = new Map(profile.nodes.map((node) => [node.id, node]))
  const isChild = new Set(profile.nodes.flatMap(({ children = [] }) => children))
  const add = (node: ProfileNode, parent: Frame): number => {
    if (node.callFrame.functionName === idleName) return 0
    const code = codeOf(node.callFrame, { root, caller: parent.code.name })
    const frame = parent.children.get(code.key) ?? frameOf(code)
    const own = counts.get(node.id) ?? 0
    const below = (node.children ?? []).map((id) => add(nodes.get(id)!, frame))
    const total = below.reduce((sum, count) => sum + count, own)
    frame.own += own
    frame.total += total
    if (total > 0) parent.children.set(code.key, frame)
    return total
  }
  for (const { id, children = [] } of profile.nodes) {
    // The node that is nobody's child is the root, which is the same for all.
    if (isChild.has(id)) continue
    all.own += counts.get(id) ?? 0
    all.total += counts.get(id) ?? 0
    for (const child of children) all.total += add(nodes.get(child)!, all)
  }
}

function frameOf(code: Code): Frame {
  return { code, own: 0, total: 0, children: new Map() }
}

export type SelfTime = { readonly code: Code; readonly share: number }

/** The functions in which most samples were taken themselves, whoever called them: of all that is not idle. */
export function mostSelfTime({ root }: Merged, count: number): SelfTime[] {
  const own = new Map<string, { code: Code; samples: number }>()
  const visit = (frame: Frame): void => {
    const { code } = frame
    const sum = own.get(code.key) ?? { code, samples: 0 }
    sum.samples += frame.own
    own.set(code.key, sum)
    for (const child of frame.children.values()) visit(child)
  }
  visit(root)
  return [...own.values()]
    .filter(({ samples }) => samples > 0)
    .toSorted((left, right) => right.samples - left.samples)
    .slice(0, count)
    .map(({ code, samples }) => ({ code, share: samples / root.total }))
}
