// The stage of a swarm scenario: server, people, swarm, ledger and recorder, set up the same way for all,
// and looked at in the end the same way for all.

import { cpus } from 'node:os'
import { monitorEventLoopDelay } from 'node:perf_hooks'
import { setTimeout as delay } from 'node:timers/promises'
import { UpgradeRefused } from '../client/socket.ts'
import type { Target } from '../cluster/cluster.ts'
import { processorTimesBetween } from '../cluster/processes.ts'
import type { Edges } from '../import/edges.ts'
import type { OptionTable } from '../options.ts'
import { Recorder } from '../report/recorder.ts'
import type { Outcome } from '../report/report.ts'
import { duration } from '../report/report.ts'
import type { Run } from '../scenario.ts'
import { recordedOptions } from '../scenario.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'
import type { BackgroundRates } from './background.ts'
import { Background, backgroundOptions } from './background.ts'
import { checkDescriptors } from './descriptors.ts'
import { Ledger } from './ledger.ts'
import type { People } from './people.ts'
import { gatherPeople } from './people.ts'
import type { PushKindOf, SwarmClient } from './swarm.ts'
import { Swarm } from './swarm.ts'

export const swarmOptions = {
  clients: {
    kind: 'number',
    default: 10_000,
    min: 2,
    max: 1e6,
    meaning: 'Connected clients, one user each; each takes a descriptor here and at the gateway',
  },
  seconds: { kind: 'number', default: 30, min: 1, max: 86_400, meaning: 'How long it is measured' },
  'warm-up': { kind: 'number', default: 5, min: 0, max: 600, meaning: 'Seconds of load before' },
  ...backgroundOptions,
  from: {
    kind: 'number',
    default: 0,
    min: 0,
    max: 250,
    meaning:
      'Loopback addresses 127.0.0.2 and on that the clients come from; one has room for 28,000',
  },
  admin: {
    kind: 'text',
    value: 'ADDRESS',
    meaning: 'The admin port of a gateway of --url; its token comes from ROOKERY_OPERATOR_TOKEN',
  },
  ...recordedOptions,
} as const satisfies OptionTable

export type StageOptions = BackgroundRates & {
  readonly clients: number
  readonly 'warm-up': number
  readonly from: number
  readonly url: string | undefined
  readonly admin: string | undefined
  /** The admin ports of the processes of `url`, where the scenario looks at them. */
  readonly metrics?: string | undefined
  readonly seed: string
}

export type Stage = {
  readonly target: Target
  readonly people: People
  readonly swarm: Swarm
  readonly ledger: Ledger
  readonly recorder: Recorder
  readonly background: Background
  readonly random: Random
}

export type StageSetting = {
  /** Nodes from 0 on; the first `clients` of them connect. */
  readonly edges: Edges
  /** Clients that post and read; all where undefined. */
  readonly isActor?: (client: SwarmClient) => boolean
  /** A socket was lost that nobody of us has closed; without it that is an error, and the client comes back. */
  readonly onLost?: (stage: ReturningStage, client: SwarmClient, code: number) => void
  readonly pushKindOf?: (recorder: Recorder) => PushKindOf
  /** The server could not tell a client all that it missed; without it that is an error. */
  readonly onHole?: (client: SwarmClient) => void
}

/** What a client needs that comes back. */
export type ReturningStage = Pick<Stage, 'swarm' | 'recorder'>

/** Sockets that are opened at a time before the load starts. */
const openingMax = 200
/** How long the last pushes and answers are waited for. */
const settleTimeoutMs = 20_000
const settlePollMs = 50
/** Pauses before a refused client tries again: they double, with jitter. */
const retryPauseMs = 200
const retryPauseMsMax = 5_000
/** How often a client tries. */
const triesMax = 50

/** Sets a stage, plays on it, and judges what was seen. Throws UsageError for what cannot be tried. */
export async function onStage(
  run: Run,
  given: StageOptions,
  setting: StageSetting,
  play: (stage: Stage) => Promise<Readonly<Record<string, unknown>>>,
): Promise<Outcome> {
  checkDescriptors(given.clients)
  const metrics = given.metrics?.split(',') ?? []
  const target = await run.launcher.open(given.url, { admin: given.admin, metrics })
  return await closing(target, async () => {
    const stage = await setStage(target, { run, given, setting })
    try {
      stage.background.start()
      await delay(given['warm-up'] * 1_000)
      const end = measureUse(stage)
      stage.recorder.start()
      const figures = await play(stage)
      stage.background.stop()
      await settle(stage)
      return judge(stage, { ...figures, ...end() }, run)
    } finally {
      stage.background.stop()
      stage.recorder.stop()
      stage.swarm.close()
    }
  })
}

async function setStage(
  target: Target,
  { run, given, setting }: { run: Run; given: StageOptions; setting: StageSetting },
): Promise<Stage> {
  const { report } = run
  const { clients } = given
  const people = await gatherPeople({ target, edges: setting.edges, clients, report })
  const recorder = new Recorder({ report })
  const ledger = new Ledger(people.audience)
  const random = new Random(`${given.seed} swarm`)
  const swarm = new Swarm({
    url: target.url,
    tokens: people.tokens,
    addresses: given.from,
    ledger,
    recorder,
    pushKindOf: setting.pushKindOf?.(recorder),
    onLost: (client, code) => {
      if (setting.onLost !== undefined) setting.onLost({ swarm, recorder }, client, code)
      else {
        recorder.error(`closed with ${code}`)
        // As the close codes ask for: those who are closed together do not come back in step.
        void delay(Math.random() * retryPauseMs).then(() => comeBack({ swarm, recorder }, client))
      }
    },
  })
  if (setting.onHole !== undefined) swarm.onHole = setting.onHole
  const actors = swarm.clients.filter(setting.isActor ?? (() => true))
  const background = new Background({
    swarm,
    ledger,
    recorder,
    random,
    userIds: people.userIds,
    rates: given,
    actors,
  })
  const progress = report.progress('clients', clients)
  await forEachBounded(swarm.clients, openingMax, async (client) => {
    await swarm.open(client)
    progress.add()
  })
  progress.end()
  return { target, people, swarm, ledger, recorder, background, random }
}

/** Opens a client's socket anew until it is live; each refusal is an error. */
export async function comeBack(
  { swarm, recorder }: ReturningStage,
  client: SwarmClient,
  sinceMs = performance.now(),
): Promise<void> {
  for (let tries = 1; tries <= triesMax; tries++) {
    try {
      await swarm.open(client, sinceMs)
      return
    } catch (error) {
      const isRefused = error instanceof UpgradeRefused
      recorder.error(isRefused ? `upgrade: ${error.message}` : String(error))
      const pauseMs = Math.min(retryPauseMs * 2 ** (tries - 1), retryPauseMsMax)
      await delay(pauseMs * (0.5 + Math.random()))
    }
  }
}

/** Waits until all that was asked is answered, and every post is where it belongs; or for so long. */
async function settle({ swarm, ledger }: Stage): Promise<void> {
  const deadlineMs = performance.now() + settleTimeoutMs
  const isSettled = () =>
    swarm.unanswered === 0 && swarm.liveCount === swarm.clients.length && ledger.isComplete
  while (!isSettled() && performance.now() < deadlineMs) await delay(settlePollMs)
}

function judge(stage: Stage, figures: Readonly<Record<string, unknown>>, run: Run): Outcome {
  const { swarm, ledger, recorder } = stage
  const { missed, told, examples } = ledger.missing()
  recorder.missed += missed
  recorder.doubled += ledger.doubled
  if (ledger.unexpected > 0) recorder.error('push to somebody else', ledger.unexpected)
  if (swarm.unanswered > 0) recorder.error('unanswered', swarm.unanswered)
  const away = swarm.clients.length - swarm.liveCount
  if (away > 0) recorder.error('not connected at the end', away)
  for (const example of examples) run.report.line(`missed: ${example}`)
  return recorder.outcome({
    clients: swarm.clients.length,
    follows: stage.people.follows,
    posts: ledger.postCount,
    deliveries: ledger.arrived,
    toldOfAHole: told,
    ...figures,
  })
}

/** Starts to measure what the processes use. @returns what ends it and gives the figures */
function measureUse({ target, recorder }: Stage): () => Readonly<Record<string, unknown>> {
  const delays = monitorEventLoopDelay({ resolution: 1 })
  delays.enable()
  const own = process.cpuUsage()
  const server = target.processorTimes()
  const busyUs = machineBusyUs()
  const startedMs = performance.now()
  return () => {
    delays.disable()
    const elapsedUs = (performance.now() - startedMs) * 1_000
    const used = process.cpuUsage(own)
    const after = target.processorTimes()
    const server2 = server && after ? processorTimesBetween(server, after) : {}
    const shares = Object.entries({ generator: used.user + used.system, ...server2 }).map(
      ([kind, us]): [string, number] => [kind, us / elapsedUs],
    )
    const others =
      machineBusyUs() - busyUs - shares.reduce((sum, [, share]) => sum + share, 0) * elapsedUs
    shares.push(['everything else on the machine', Math.max(0, others / elapsedUs)])
    const shown = shares.map(([kind, share]) => `${kind} ${(share * 100).toFixed(0)}%`)
    recorder.note('processor, of one', shown.join(', '))
    // The histogram holds the resolution as well: 1 ms of each value is the timer itself.
    const lateUs = Math.max(0, delays.percentile(99) / 1_000 - 1_000)
    recorder.note('event loop of the generator', `late by ${duration(lateUs)} (p99)`)
    return { processorShares: Object.fromEntries(shares), generatorLateP99Us: lateUs }
  }
}

/** Processor time of the whole machine so far. */
function machineBusyUs(): number {
  const busyMs = cpus().map(({ times }) => times.user + times.nice + times.sys + times.irq)
  return busyMs.reduce((sum, ms) => sum + ms, 0) * 1_000
}
