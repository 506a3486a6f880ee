// The closed loop of the benchmark: so many requests in flight on each connection, the next one sent when an
// answer is there. What is measured is the rate, and the processor time of the server for each answer.
//
//   open lanes -> warm up -> [ count answers, read /proc ] -> drain -> close

import { elapse } from '../../helpers/eventually.ts'
import { median } from '../measure.ts'
import type { ByKind, Server } from './program.ts'
import { difference, processorTimes, total } from './program.ts'
import { nowUs } from './requests.ts'

/** One connection with its requests. */
export type Lane = {
  /** Sends the first requests. */
  start(): void
  /** Sends nothing more. Resolves when everything was answered. */
  drain(): Promise<void>
  close(): void
}

/** What lanes count, and what went wrong in one of them. */
export type Count = { answered: number; failure: Error | undefined }

export type Contestant = {
  readonly server: Server
  openLanes(count: Count): Promise<readonly Lane[]>
  /**
   * Resolves when all that was answered has had its effect everywhere. Where it is given, a round lasts from its first
   * request until then, and nothing is left out as warming up.
   */
  settle?(): Promise<void>
}

/** What a round, or the middle of all rounds, came to. */
export type Rate = {
  readonly perSecond: number
  /** Of all processes of the server, for one answer. */
  readonly serverUs: number
  readonly serverUsByKind: ByKind
  /** Of this process: near 1 it is the bottleneck itself. */
  readonly clientLoad: number
}

/** A rate with the time in which it was measured, by `nowUs`. */
export type Round = Rate & { readonly fromUs: number; readonly toUs: number }

const warmUpMs = 300
const drainWithinMs = 20_000

/** One round. Throws where an answer is an error, a connection is lost or something stays without answer. */
export async function runRound(contestant: Contestant, seconds: number): Promise<Round> {
  const { server } = contestant
  const count: Count = { answered: 0, failure: undefined }
  const lanes = await contestant.openLanes(count)
  const atStart = reading(server, count)
  for (const lane of lanes) lane.start()
  await elapse(contestant.settle === undefined ? warmUpMs : 0)
  const before = reading(server, count)
  await elapse(seconds * 1_000)
  const after = reading(server, count)
  const drained = Promise.all(lanes.map((lane) => lane.drain()))
  if (count.failure === undefined) await within(drained, server)
  for (const lane of lanes) lane.close()
  if (count.failure !== undefined) throw new Error(server.name, { cause: count.failure })
  if (contestant.settle === undefined) return rateOf(before, after)
  await contestant.settle()
  return rateOf(atStart, reading(server, count))
}

/** Throws where a server leaves requests without an answer. */
async function within(drained: Promise<unknown>, { name }: Server): Promise<void> {
  const late = Promise.withResolvers<never>()
  const error = new Error(`${name} leaves requests without an answer`)
  const timer = setTimeout(() => late.reject(error), drainWithinMs)
  try {
    await Promise.race([drained, late.promise])
  } finally {
    clearTimeout(timer)
  }
}

function reading(server: Server, { answered }: Count) {
  const { user, system } = process.cpuUsage()
  const clientUs = user + system
  return { answered, clientUs, atUs: nowUs(), server: processorTimes(server) }
}

type Reading = ReturnType<typeof reading>

function rateOf(before: Reading, after: Reading): Round {
  const answered = Math.max(1, after.answered - before.answered)
  const wallMs = (after.atUs - before.atUs) / 1e3
  const used = Object.entries(difference(after.server, before.server))
  const serverUsByKind = Object.fromEntries(used.map(([kind, ms]) => [kind, (ms * 1e3) / answered]))
  return {
    perSecond: (answered / wallMs) * 1e3,
    serverUs: total(serverUsByKind),
    serverUsByKind,
    clientLoad: (after.clientUs - before.clientUs) / 1e3 / wallMs,
    fromUs: before.atUs,
    toUs: after.atUs,
  }
}

/** The rounds of each contestant, by its name, in the order in which they ran. */
export type Rounds = ReadonlyMap<string, readonly Rate[]>

/** Rounds that are shorter say nothing about speed, so nothing warms up before them. */
const tellingSeconds = 1

/** Lets the contestants take turns: one round of each to warm up, then `rounds`. */
export async function alternate(
  contestants: readonly Contestant[],
  { rounds, seconds }: { readonly rounds: number; readonly seconds: number },
): Promise<Rounds> {
  const results = new Map(contestants.map(({ server }) => [server.name, [] as Rate[]]))
  for (let round = seconds < tellingSeconds ? 1 : 0; round <= rounds; round++) {
    for (const contestant of contestants) {
      const rate = await runRound(contestant, round === 0 ? tellingSeconds : seconds)
      if (round > 0) results.get(contestant.server.name)!.push(rate)
    }
  }
  return results
}

/** The middle of each figure. */
export function medianRate(rates: readonly Rate[]): Rate {
  const kinds = Object.keys(rates[0]?.serverUsByKind ?? {})
  const byKind = kinds.map((kind) => [
    kind,
    median(rates.map((rate) => rate.serverUsByKind[kind]!)),
  ])
  return {
    perSecond: median(rates.map((rate) => rate.perSecond)),
    serverUs: median(rates.map((rate) => rate.serverUs)),
    serverUsByKind: Object.fromEntries(byKind) as ByKind,
    clientLoad: median(rates.map((rate) => rate.clientLoad)),
  }
}

/** The middle of the ratios, round by round. */
export function medianRatio(
  ours: readonly Rate[],
  theirs: readonly Rate[],
  figure: 'perSecond' | 'serverUs',
): number {
  return median(ours.map((rate, round) => rate[figure] / theirs[round]![figure]))
}
