// Looks at the cluster once a second while somebody watches, and keeps what was seen for the charts.
//
// Whoever opens the console gets an answer at once, and from then on there is a look each second, however
// many watch: all of them get the same one. When nobody has asked for a while it ends, and costs nothing.

import type { GatewayReport } from '../../protocol/reports.ts'
import type { OperatedShard } from '../links/shards.ts'
import { viewOf } from './cluster-view.ts'
import type { ConsoleData, EventView, Sample, Totals } from './sample.ts'

const lookEveryMs = 1_000
/** Whoever watches asks each second; a console in a hidden window may be slower. */
const watchedMs = 30_000
/** Points of the charts: ten minutes. */
const historyMax = 600
/** For how long a gateway that went is shown as gone. */
const goneShownMs = 60_000
const seenMax = 30

export type ClusterWatchPorts = {
  readonly gateway: string
  shards(): readonly OperatedShard[]
  report(): Promise<GatewayReport>
  /** Milliseconds since 1970. */
  now(): number
}

type Gone = { readonly name: string; readonly inOrder: boolean; readonly atMs: number }

export class ClusterWatch {
  readonly #ports: ClusterWatchPorts
  readonly #history: (Totals & { readonly atMs: number })[] = []
  #seen: EventView[] = []
  #gone: Gone[] = []
  #last: Sample | undefined
  #view: ConsoleData['view'] | undefined
  #looking: Promise<void> | undefined
  #timer: NodeJS.Timeout | undefined
  #askedAtMs = 0

  constructor(ports: ClusterWatchPorts) {
    this.#ports = ports
  }

  /** @param sinceMs the history is told from after this moment */
  async data(sinceMs: number): Promise<ConsoleData> {
    this.#askedAtMs = this.#ports.now()
    if (this.#timer === undefined) {
      this.#timer = setInterval(() => this.#tick(), lookEveryMs)
      this.#timer.unref()
      // What was seen before the pause says nothing about the last second.
      this.#last = undefined
      this.#view = undefined
    }
    if (this.#view === undefined) await this.#look()
    const view = this.#view as unknown as ConsoleData['view']
    const history = this.#history.filter(({ atMs }) => atMs > sinceMs)
    return { gateway: this.#ports.gateway, view, history }
  }

  /** Asks a shard for something. @returns why it will not; undefined where it will. */
  async ask(shard: OperatedShard, what: Parameters<OperatedShard['ask']>[0]) {
    const answer = await shard.ask(what)
    return 'refused' in answer ? answer.refused : undefined
  }

  close(): void {
    clearInterval(this.#timer)
    this.#timer = undefined
  }

  #tick(): void {
    if (this.#ports.now() - this.#askedAtMs > watchedMs) this.close()
    else void this.#look()
  }

  /** One at a time: a look that takes longer than a second is not overtaken. */
  #look(): Promise<void> {
    this.#looking ??= this.#lookNow().finally(() => {
      this.#looking = undefined
    })
    return this.#looking
  }

  async #lookNow(): Promise<void> {
    const before = this.#last
    const now = await this.#sample()
    this.#noticeGateways(now, before)
    const view = viewOf({ now, before, seen: this.#seen, gone: this.#gone })
    this.#last = now
    this.#view = view
    // The first look has nothing to compare with: its rates are no point of a chart.
    if (before === undefined) return
    this.#history.push({ ...view.totals, atMs: view.atMs })
    if (this.#history.length > historyMax) this.#history.shift()
  }

  async #sample(): Promise<Sample> {
    const known = this.#ports.shards()
    const [own, ...answers] = await Promise.all([
      this.#ports.report(),
      ...known.map((shard) => shard.ask({ kind: 'observe' })),
    ])
    const shards = answers.flatMap((answer) => ('report' in answer ? answer.report : []))
    const silent = known.flatMap(({ name }, place) => {
      const answer = answers[place]
      if (answer === undefined || 'report' in answer) return []
      return [{ name, why: 'refused' in answer ? answer.refused : 'it does not tell' }]
    })
    const gateways = newestOf([own, ...shards.flatMap((shard) => shard.gateways)], own)
    return { atMs: this.#ports.now(), shards, gateways, silent }
  }

  /** Of shards the others know who is missing; of gateways only who watches them does. */
  #noticeGateways(now: Sample, before: Sample | undefined): void {
    const names = new Set(now.gateways.map(({ name }) => name))
    const { atMs } = now
    for (const { name, state } of before?.gateways ?? []) {
      // Without a shard that tells, nothing is known of other gateways either.
      if (names.has(name) || now.shards.length === 0) continue
      const inOrder = state === 'leaving'
      this.#gone.push({ name, inOrder, atMs })
      const text = inOrder ? `${name} has ended in good order` : `${name} is gone`
      this.#seen.push({ atMs, kind: 'process', text, partitions: [], from: name })
    }
    for (const { name } of this.#gone.filter((one) => names.has(one.name))) {
      this.#seen.push({ atMs, kind: 'process', text: `${name} is back`, partitions: [], to: name })
    }
    this.#gone = this.#gone.filter((one) => {
      return !names.has(one.name) && atMs - one.atMs < goneShownMs
    })
    this.#seen = this.#seen.slice(-seenMax)
  }
}

/** Several shards may tell of one gateway; what this one says of itself is newest. */
function newestOf(reports: readonly GatewayReport[], own: GatewayReport): GatewayReport[] {
  const newest = new Map<string, GatewayReport>()
  for (const report of reports) {
    const known = newest.get(report.name)
    if (known === undefined || report.process.atMs > known.process.atMs) {
      newest.set(report.name, report)
    }
  }
  return [...newest.set(own.name, own).values()]
}
