// What stands beside the flame graphs: what was measured, and the functions that took the most time themselves. Pure.

import { code, document, table } from '../../docs/markdown.ts'
import type { Provenance } from '../../fault/suite/report.ts'
import type { Round } from '../path/closed-loop.ts'
import type { Load, Sizes } from './loads.ts'
import { type Merged, mostSelfTime } from './profile.ts'
import { nameOf, percent } from './svg.ts'

export type Graph = { readonly kind: string; readonly file: string; readonly merged: Merged }

/** A load, and the graph of each kind of process under it. */
export type Section = {
  readonly load: Pick<Load, 'title' | 'unit' | 'note'>
  readonly round: Round
  readonly graphs: readonly Graph[]
}

const functionsShown = 12

const introduction =
  'Where the processor time of shards and gateways goes, by samples that node takes of their main threads every millisecond (`--cpu-prof`). A frame stands on the one that called it; its width is its part of all samples in the measured time that were not idle. Open a picture by itself and point at a frame to read its function, file and part.'

const caveats = [
  '- Samples come by the clock on the wall: on a machine that is busy with other things, waiting for a processor counts for the function that waits.',
  '- A rate under the profiler is lower than without; `npm run bench -- path` measures that.',
  '- Native code without a frame of its own counts for the function that called it: what uWebSockets.js sends, for the function that sends. `(program)` is native code that nobody called, `(garbage collector)` its pauses. What the native layer reads from a socket before it calls anybody is taken for idle.',
  '- Each load has a cluster of its own, on the embedded log. Processes of a kind are added up. Client and servers share the machine.',
].join('\n')

export function documentOf(
  sections: readonly Section[],
  { machine, date, commit, command }: Provenance,
  sizes: Sizes,
): string {
  return document([
    '# Flame graphs',
    `Written by \`${command}\`: ${date}, commit ${commit}, ${machine}.`,
    introduction,
    caveats,
    ...sections.flatMap((section) => blocksOf(section, sizes)),
  ])
}

/** What was measured, in a line. */
export function rateOf({ load, round }: Section): string {
  return `${round.perSecond.toFixed(0)} ${load.unit} a second`
}

function blocksOf(section: Section, sizes: Sizes): string[] {
  const { load, round, graphs } = section
  const each = graphs.map(({ kind }) => `${kind} ${microseconds(round.serverUsByKind[kind] ?? 0)}`)
  return [
    `## ${load.title}`,
    `${rateOf(section)}, for ${secondsOf(round).toFixed(1)} s: ${load.note(sizes)}. Processor time of each, profiler included: ${each.join(', ')}.`,
    ...graphs.flatMap((graph) => graphBlocks(graph, section)),
  ]
}

function graphBlocks({ kind, file, merged }: Graph, { load, round }: Section): string[] {
  const { root, samples, processes } = merged
  const used = ((round.serverUsByKind[kind] ?? 0) * round.perSecond) / 1e6 / processes
  const busy = percent(root.total / Math.max(1, samples))
  const rows = mostSelfTime(merged, functionsShown).map((one) => [
    code(nameOf(one.code).replaceAll('`', "'")),
    one.code.place,
    percent(one.share),
  ])
  return [
    `### ${load.title}: ${kind}`,
    `![Flame graph of the ${kind}](${file})`,
    `${samples} samples of ${processes === 1 ? 'one process' : `${processes} processes`}, ${busy} of them not idle; the system counts ${percent(used)} of a processor for each, all threads included.`,
    table(['function', 'where', 'self time'], rows),
  ]
}

function secondsOf({ fromUs, toUs }: Round): number {
  return (toUs - fromUs) / 1e6
}

function microseconds(us: number): string {
  return `${us.toFixed(us < 10 ? 1 : 0)} µs`
}
