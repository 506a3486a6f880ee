// The cluster at a glance as lines of text: the console for a terminal. Pure.
//
// What does not fit is left out from below, so the most urgent stands on top: health, alarms, processes,
// partitions, operations, events, slow requests.

import type { ClusterView, ConsoleData, PartitionView, ProcessView } from './sample.ts'

export type Screen = {
  readonly columns: number
  readonly rows: number
  /** Whether the terminal understands ANSI colours. */
  readonly isColoured: boolean
}

type Tone = 'bad' | 'notice' | 'good' | 'quiet' | 'strong'

const codes: Readonly<Record<Tone, string>> = {
  bad: '1;37;41',
  notice: '33',
  good: '32',
  quiet: '2',
  strong: '1',
}
const words = { good: 'All is well', notice: 'Worth a look', bad: 'SOMETHING IS WRONG' } as const
const changedShownMs = 10_000
const operationsShownMax = 10
const eventsShownMax = 6
const slowShownMax = 5
/** What stands for a shard on the map, in the order of their names. */
const shardLetters = 'ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz'

type Line = { readonly text: string; readonly tone?: Tone }

/** @returns lines of at most `columns` characters, at most `rows` of them */
export function linesOf({ gateway, view }: ConsoleData, screen: Screen): string[] {
  const lines: Line[] = [
    {
      text: `Rookery  ${words[view.health]}  ${timeOf(view.atMs)} by ${gateway}`,
      tone: view.health,
    },
    ...view.alarms.map(({ level, text }) => ({ text: `! ${text}`, tone: level })),
    ...totalLines(view),
    ...processLines(view.processes),
    ...mapLines(view, screen.columns),
    ...operationLines(view),
    ...memoryLines(view),
    ...eventLines(view),
    ...slowLines(view),
  ]
  return lines.slice(0, Math.max(1, screen.rows)).map((line) => shown(line, screen))
}

function shown({ text, tone }: Line, { columns, isColoured }: Screen): string {
  const cut = text.length > columns ? `${text.slice(0, Math.max(0, columns - 1))}…` : text
  return tone === undefined || !isColoured ? cut : `\u001b[${codes[tone]}m${cut}\u001b[0m`
}

function totalLines({ totals, log }: ClusterView): Line[] {
  const requests = `${rate(totals.requestsPerSecond)} requests/s, ${rate(totals.failedPerSecond)} failed by us, half in ${totals.p50Ms} ms, 99 % in ${totals.p99Ms} ms`
  const live = `${count(totals.connections)} sockets, ${rate(totals.deliveriesPerSecond)} deliveries/s, ${rate(totals.pushesPerSecond)} pushes/s (99 % in ${totals.pushP99Ms} ms), ${totals.fanOutWaiting} large ones under way, ${totals.requestsHeld} requests held`
  const holds = `${count(totals.users)} users, ${count(totals.tweets)} tweets, ${count(totals.followEdges)} follow edges, ${bytes(totals.residentBytes)} in all`
  const answer = log?.problem ?? `answers in ${(log?.roundTripMs ?? 0).toFixed(1)} ms`
  const kept =
    log === undefined
      ? 'Log unknown'
      : `Log: ${log.kind} ${log.where} ${answer}, ${rate(log.appendsPerSecond)} batches/s, 99 % in ${log.appendP99Ms} ms`
  const tone = log?.problem === undefined ? {} : { tone: 'bad' as const }
  return [{ text: requests }, { text: live }, { text: holds }, { text: kept, ...tone }]
}

function processLines(processes: readonly ProcessView[]): Line[] {
  const titles = ['process', 'state', 'serves', 'keeps', 'sockets', 'cpu', 'memory', 'loop 99 %']
  const rows = processes.map((one) => [
    one.name,
    one.state,
    one.kind === 'shard' ? String(one.primaries) : '-',
    one.kind === 'shard' ? String(one.replicas) : '-',
    count(one.connections),
    `${one.cpuPercent} %`,
    bytes(one.residentBytes),
    `${one.lagP99Ms} ms`,
  ])
  const [head = '', ...texts] = columnsOf([titles, ...rows])
  return [
    { text: '' },
    { text: head, tone: 'quiet' },
    ...texts.map((text, place) => {
      const { state, problem } = processes[place] as ProcessView
      const why = problem === undefined ? '' : `  ${problem}`
      const tone = toneOf(state, problem)
      return { text: `${text}${why}`, ...(tone === undefined ? {} : { tone }) }
    }),
  ]
}

function toneOf(state: ProcessView['state'], problem: string | undefined): Tone | undefined {
  if (state === 'silent') return 'bad'
  return state !== 'ready' || problem !== undefined ? 'notice' : undefined
}

/** A letter for each partition: its primary. In brackets what has just changed; `!` where nobody serves. */
function mapLines({ processes, partitions, atMs }: ClusterView, columns: number): Line[] {
  const names = processes.filter(({ kind }) => kind === 'shard').map(({ name }) => name)
  const letterOf = (name: string): string => shardLetters[names.indexOf(name)] ?? '?'
  const cell = ({ primary, changedAtMs }: PartitionView): string => {
    const letter = primary === undefined ? '!' : letterOf(primary)
    const isNew = changedAtMs !== undefined && atMs - changedAtMs < changedShownMs
    return isNew ? `[${letter}]` : ` ${letter} `
  }
  const perLine = Math.max(8, Math.min(64, Math.floor((columns - 5) / 24) * 8))
  const legend = names.map((name) => `${letterOf(name)} ${name}`).join('   ')
  const lines: Line[] = [{ text: '' }, { text: `Partitions   ${legend}`, tone: 'quiet' }]
  for (let from = 0; from < partitions.length; from += perLine) {
    const cells = partitions.slice(from, from + perLine).map(cell)
    const text = `${String(from).padStart(4)} ${cells.join('')}`
    lines.push(text.includes('!') ? { text, tone: 'bad' } : { text })
  }
  return lines
}

function operationLines({ operations }: ClusterView): Line[] {
  const titles = ['operation', 'per s', 'failed/s', '50 %', '99 %', 'in all']
  const rows = operations
    .slice(0, operationsShownMax)
    .map((one) => [
      one.name,
      rate(one.perSecond),
      rate(one.failedPerSecond),
      `${one.p50Ms} ms`,
      `${one.p99Ms} ms`,
      count(one.total),
    ])
  if (rows.length === 0) return []
  const [head = '', ...texts] = columnsOf([titles, ...rows])
  return [{ text: '' }, { text: head, tone: 'quiet' }, ...texts.map((text) => ({ text }))]
}

function memoryLines({ memory }: ClusterView): Line[] {
  const titles = ['memory', 'graph', 'rings', 'bodies', 'accounts', 'index', 'heap', 'other']
  const rows = memory.map(({ name, graph, rings, bodies, accounts, index, heap, other }) => {
    return [name, ...[graph, rings, bodies, accounts, index, heap, other].map(bytes)]
  })
  if (rows.length === 0) return []
  const [head = '', ...texts] = columnsOf([titles, ...rows])
  return [{ text: '' }, { text: head, tone: 'quiet' }, ...texts.map((text) => ({ text }))]
}

function eventLines({ events }: ClusterView): Line[] {
  if (events.length === 0) return []
  const lines = events.slice(0, eventsShownMax).map(({ atMs, kind, text }) => {
    const line = { text: `${timeOf(atMs)}  ${text}` }
    return kind === 'failover' ? { ...line, tone: 'notice' as const } : line
  })
  return [{ text: '' }, { text: 'Last failovers and moves', tone: 'quiet' }, ...lines]
}

function slowLines({ slow }: ClusterView): Line[] {
  if (slow.length === 0) return []
  const lines = slow.slice(0, slowShownMax).map((one) => {
    const { atMs, operation, tookMs, outcome, process, requestId } = one
    return {
      text: `${timeOf(atMs)}  ${operation} ${tookMs} ms ${outcome}  ${process} ${requestId}`,
    }
  })
  return [{ text: '' }, { text: 'Slow requests', tone: 'quiet' }, ...lines]
}

/** The first column to the left, all others to the right. */
function columnsOf(rows: readonly (readonly string[])[]): string[] {
  const widths = (rows[0] ?? []).map((_, place) =>
    Math.max(...rows.map((row) => row[place]?.length ?? 0)),
  )
  return rows.map((row) =>
    row
      .map((cell, place) => {
        const width = widths[place] ?? 0
        return place < 2 ? cell.padEnd(width) : cell.padStart(width)
      })
      .join('  '),
  )
}

function timeOf(ms: number): string {
  return new Date(ms).toISOString().slice(11, 19)
}

function rate(value: number): string {
  return value > 0 && value < 10 ? value.toFixed(1) : count(value)
}

function count(value: number): string {
  if (value >= 1e6) return `${(value / 1e6).toFixed(2)} M`
  return value >= 1e5 ? `${(value / 1e3).toFixed(0)} k` : String(Math.round(value))
}

function bytes(value: number): string {
  if (value >= 2 ** 30) return `${(value / 2 ** 30).toFixed(1)} GiB`
  return value >= 2 ** 20 ? `${(value / 2 ** 20).toFixed(0)} MiB` : `${Math.ceil(value / 1024)} KiB`
}
