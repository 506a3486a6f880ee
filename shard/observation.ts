// What a shard tells operators of itself (protocol/reports.ts): put together when somebody asks, from what
// the parts know anyway. What has become of partitions is kept here, the newest of it, because whoever
// looks mostly comes after it happened.

import type {
  GatewayReport,
  Histogram,
  LogReport,
  MoveReport,
  ProcessReport,
  ShardReport,
} from '../protocol/reports.ts'
import { reportVersion } from '../protocol/reports.ts'
import type { SlowRequests } from '../protocol/std/slow-requests.ts'
import type { Observed } from './metrics.ts'
import type { Move } from './placement/moves.ts'
import type { LogDescription, ReplicationLog } from './replication/log.ts'

/** A move of all partitions of a small cluster, and what came before it. */
const movesKeptMax = 200
/** A log that does not answer in this time is told as away: whoever looks waits for the report. */
const logAnswerMsMax = 500

export type ObservationPorts = Observed & {
  readonly partitionCount: number
  readonly replicas: number
  readonly log: ReplicationLog
  readonly logKind: LogReport['kind']
  readonly slow: SlowRequests
  appends(): Histogram
  process(): ProcessReport
  gateways(): readonly GatewayReport[]
  /** Milliseconds since 1970. */
  now(): number
  /** Milliseconds that only ever go forward. */
  monotonicNow(): number
}

export class Observation {
  readonly #ports: ObservationPorts
  readonly #moves: MoveReport[] = []

  constructor(ports: ObservationPorts) {
    this.#ports = ports
  }

  moved({ ms, ...move }: Move): void {
    this.#moves.push({ ...move, tookMs: Math.round(ms), atMs: this.#ports.now() })
    if (this.#moves.length > movesKeptMax) this.#moves.shift()
  }

  async report(): Promise<ShardReport> {
    const { shard, keeper, membership, partitionCount, replicas, slow } = this.#ports
    const log = await this.#logReport()
    const problem = membership.isHeard ? keeper.problem : 'it is not heard in the log'
    const { followers, followings, timelines, tweets, accounts, index } = shard.state
    return {
      version: reportVersion,
      kind: 'shard',
      name: membership.name,
      incarnation: membership.incarnation,
      process: this.#ports.process(),
      state: membership.state,
      ...(problem === undefined ? {} : { problem }),
      partitionCount,
      replicas,
      hosted: this.#hosted(),
      counts: this.#counts(),
      memoryBytes: {
        graph: followers.bytes + followings.bytes,
        rings: timelines.bytes,
        bodies: tweets.bodyBytes,
        accounts: accounts.bytes,
        index: index.bytes,
      },
      appendSeconds: this.#ports.appends(),
      log,
      moves: this.#moves,
      slow: slow.kept,
      members: membership.view.members.map(({ name, state, isLive, silentMs, ...member }) => {
        const { hosted, serving } = member
        return { name, state, isLive, silentMs, hosted, serving }
      }),
      pins: membership.pins.words.map(({ partition, to }) => ({ partition, to })),
      gateways: this.#ports.gateways(),
    }
  }

  #hosted(): ShardReport['hosted'] {
    const { shard, membership } = this.#ports
    const { serving, hosted } = shard.status()
    const epochs = new Map(serving)
    return hosted.map((partition) => {
      const position = shard.follower.position(partition)
      const epoch = epochs.get(partition)
      const lag = membership.lagBehind(partition, position)
      const isServing = epoch === undefined ? 0 : 1
      return [partition, isServing, epoch ?? position.epoch, position.sequence, lag]
    })
  }

  #counts(): ShardReport['counts'] {
    const { shard, keeper, snapshots } = this.#ports
    const { state, live, digests } = shard
    const { inline, worker } = state.timelines.deliveryCounts
    const { made, fetched, corrupt } = snapshots.counts
    return {
      users: state.users.handles.size,
      tweets: state.tweets.count,
      followEdges: state.followers.edgeCount,
      coldBodies: state.tweets.coldCount,
      subscribers: live.subscriberCount,
      fanOutWaiting: [...state.timelines.underWay].length,
      pushesTotal: live.pushCount,
      deliveriesInlineTotal: inline,
      deliveriesWorkerTotal: worker,
      failoversTotal: keeper.failoverCount,
      digestsCheckedTotal: digests.checkedCount,
      snapshotsMadeTotal: made,
      snapshotsFetchedTotal: fetched,
      snapshotsCorruptTotal: corrupt,
    }
  }

  /** What keeps the log, asked just now. */
  async #logReport(): Promise<LogReport> {
    const { log, logKind: kind, monotonicNow } = this.#ports
    const startedAtMs = monotonicNow()
    try {
      const asked: Promise<LogDescription | undefined> = log.describe?.() ?? log.probe().then(none)
      const described = await within(logAnswerMsMax, asked)
      const roundTripMs = monotonicNow() - startedAtMs
      return { kind, roundTripMs, ...(described ?? { where: '', facts: {} }) }
    } catch (error) {
      const problem = error instanceof Error ? error.message : String(error)
      return { kind, where: '', problem, facts: {} }
    }
  }
}

/** What a log has to say that only proves that it is there. */
function none(): undefined {
  return undefined
}

async function within<T>(msMax: number, answer: Promise<T>): Promise<T> {
  let timer: NodeJS.Timeout | undefined
  const late = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`no answer for ${msMax} ms`)), msMax)
  })
  try {
    return await Promise.race([answer, late])
  } finally {
    clearTimeout(timer)
  }
}
