// soak: hours of moderate load, live and over HTTP, and a look at what it does to the server's processes.

import { setTimeout as delay } from 'node:timers/promises'
import type { Target } from '../cluster/cluster.ts'
import { Health } from '../cluster/health.ts'
import { countPosts, fireMix } from '../http/http-load.ts'
import { HttpWork } from '../http/http-work.ts'
import { mixNamed } from '../http/mix.ts'
import type { OptionValues } from '../options.ts'
import { UsageError } from '../options.ts'
import type { KnownUser } from '../oracle/oracle.ts'
import { makeCrowd } from '../people/crowd.ts'
import { Recorder } from '../report/recorder.ts'
import type { Outcome } from '../report/report.ts'
import { count } from '../report/report.ts'
import type { Run } from '../scenario.ts'
import { defineScenario, recordedOptions } from '../scenario.ts'
import { noteHealth } from '../soak/leak-report.ts'
import { LiveAuthors } from '../soak/live-authors.ts'
import { PushLedger } from '../soak/push-ledger.ts'
import { Watchers } from '../soak/watchers.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'
import { Pacer } from '../swarm/pacer.ts'

const rate = { kind: 'number', min: 0, max: 100_000, isFraction: true } as const

const options = {
  minutes: {
    kind: 'number',
    default: 60,
    min: 0.05,
    max: 100_000,
    isFraction: true,
    meaning: 'How long: the longer, the smaller the leaks that are found',
  },
  users: { kind: 'number', default: 500, min: 10, max: 1e6, meaning: 'Made for the run' },
  follows: { kind: 'number', default: 20, min: 0, max: 10_000, meaning: 'Of each of them' },
  tweets: { kind: 'number', default: 2_000, min: 0, max: 1e7, meaning: 'Posted beforehand' },
  watchers: {
    kind: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    meaning: 'How many of them look at their live timeline',
  },
  leave: { ...rate, default: 2, meaning: 'Watchers who go and come back, a second' },
  'http-rate': {
    kind: 'number',
    default: 200,
    min: 1,
    max: 100_000,
    meaning: 'Requests over HTTP a second, in the mix deathstar',
  },
  'live-posts': { ...rate, default: 5, meaning: 'Posts over WebSockets a second' },
  'live-reads': { ...rate, default: 20, meaning: 'Home timelines over WebSockets a second' },
  'read-every': {
    kind: 'number',
    default: 5,
    min: 0.1,
    max: 3_600,
    isFraction: true,
    meaning: "Seconds from one reading of the processes' metrics to the next",
  },
  metrics: {
    kind: 'text',
    value: 'ADDRESSES',
    meaning: 'The admin ports of the processes of --url, with commas between them',
  },
  ...recordedOptions,
} as const

type Options = OptionValues<typeof options>

/** HTTP connections are closed and opened again so often: descriptors that leak with them are seen. */
const roundSeconds = 20
const httpConnections = 16
/** Users who post and read live; the others do so over HTTP. */
const liveAuthors = 8
const awayMs = 1_000
/** Until every push must have come, those for watchers who were away included. */
const graceMs = 20_000
const sweepEveryMs = 1_000
const settleEveryMs = 50
const liveEverySeconds = 10

export const soak = defineScenario({
  name: 'soak',
  summary: 'hours of mixed load: no leak, no error, no push missed or doubled',
  options,
  run: async (given, run) => {
    const metrics = given.metrics?.split(',')
    if (given.url !== undefined && metrics === undefined) {
      throw new UsageError('--url needs --metrics ADDRESSES, the admin ports of its processes')
    }
    const target = await run.launcher.open(given.url, { ...(metrics && { metrics }) })
    return await closing(target, () => soakTarget(target, { given, run }))
  },
})

async function soakTarget(
  target: Target,
  { given, run }: { given: Options; run: Run },
): Promise<Outcome> {
  const { report } = run
  const { seed, users: nodes, follows: followsEach, tweets } = given
  const world = await makeCrowd({ target, seed, report }, { nodes, followsEach, tweets })
  const recorder = new Recorder({ report, liveEverySeconds })
  return await closing(recorder, async () => {
    const users = [...world.users.values()]
    const parts = await openParts(target, { given, recorder, users })
    return await closing(parts.watchers, () =>
      closing(parts.authors, () => watchOver(parts, { target, given, recorder })),
    )
  })
}

type Parts = Awaited<ReturnType<typeof openParts>>

async function openParts(
  { url, doors }: Target,
  { given, recorder, users }: { given: Options; recorder: Recorder; users: readonly KnownUser[] },
) {
  const { seed } = given
  const onError = (message: string): void => recorder.error(message)
  const ledger = new PushLedger({ graceMs })
  const authors = await LiveAuthors.open({
    url,
    users: users.slice(0, liveAuthors),
    random: new Random(`${seed} live`),
    postsPerSecond: given['live-posts'],
    readsPerSecond: given['live-reads'],
    recorder,
    onPosted: (tweet) => watchers.posted(tweet),
  })
  const watchers = await Watchers.open({
    url,
    users: users.slice(-given.watchers),
    ledger,
    random: new Random(`${seed} watchers`),
    awayMs,
    onText: (text) => authors.pushed(text),
    onError,
  })
  const work = new HttpWork({
    users: users.slice(liveAuthors),
    seed,
    run: Date.now().toString(36).slice(-6),
    limit: 20,
    checkEvery: 1,
    onPosted: (tweet) => watchers.posted(tweet),
  })
  return { ledger, watchers, authors, work, health: new Health({ doors, onError }) }
}

async function watchOver(
  parts: Parts,
  { target, given, recorder }: { target: Target; given: Options; recorder: Recorder },
): Promise<Outcome> {
  const { ledger, watchers, authors, work, health } = parts
  // The page that everybody is given at first is no push.
  const arrivedBefore = ledger.arrived
  const leaving = new Pacer({ perSecond: given.leave, work: () => watchers.move() })
  const sweeping = setInterval(() => ledger.sweep(performance.now()), sweepEveryMs)
  const reading = readRegularly(health, given['read-every'] * 1_000)
  recorder.start()
  authors.start()
  leaving.start()
  const skipped = await fireForMinutes(parts, { target, given, recorder })
  leaving.stop()
  await authors.stop()
  await watchers.allBack()
  await untilComplete(ledger)
  clearInterval(sweeping)
  await reading.stop()
  await watchers.close()
  recorder.stop()
  ledger.sweep(Infinity)
  const posts = await countPosts(target.url, work.posts)
  recorder.missed += ledger.missed + posts.missed
  recorder.doubled += ledger.doubled + watchers.repeats + posts.doubled
  const stored = posts.acknowledged + authors.acknowledged
  recorder.note('HTTP requests that were due and not sent, the answers being late', count(skipped))
  recorder.note('pushes', count(ledger.arrived - arrivedBefore))
  recorder.note('watchers who came back', count(watchers.returns))
  recorder.note('posts', `${count(stored)}, of which ${count(posts.acknowledged)} over HTTP`)
  const rises = noteHealth(recorder, { readings: health.readings, posts: stored })
  const pushes = {
    missed: ledger.missed,
    doubledAcrossSockets: ledger.doubled,
    doubledOnOneSocket: watchers.repeats,
  }
  const readings = Object.fromEntries(health.readings)
  return recorder.outcome({ posts, pushes, skipped, rises, readings })
}

/** Round by round, each on new connections. @returns how many requests could not be sent in time */
async function fireForMinutes(
  { work }: Parts,
  { target, given, recorder }: { target: Target; given: Options; recorder: Recorder },
): Promise<number> {
  let skipped = 0
  const endMs = performance.now() + given.minutes * 60_000
  for (let round = 0; ; round++) {
    const left = Math.round((endMs - performance.now()) / 1_000)
    if (round > 0 && left <= 0) return skipped
    const fired = await fireMix({
      url: target.url,
      work,
      mix: mixNamed('deathstar'),
      recorder,
      seed: `${given.seed} ${round}`,
      connections: httpConnections,
      pipelining: 1,
      rate: given['http-rate'],
      seconds: Math.min(roundSeconds, Math.max(1, left)),
    })
    skipped += fired.skipped
  }
}

function readRegularly(health: Health, everyMs: number): { stop(): Promise<void> } {
  let running: Promise<void> = health.read()
  const timer = setInterval(() => {
    running = running.then(() => health.read())
  }, everyMs)
  return {
    stop: async () => {
      clearInterval(timer)
      await running
    },
  }
}

/** Waits until the last pushes have come, at most as long as they may take. */
async function untilComplete(ledger: PushLedger): Promise<void> {
  const endMs = performance.now() + graceMs
  while (!ledger.isComplete && performance.now() < endMs) await delay(settleEveryMs)
}
