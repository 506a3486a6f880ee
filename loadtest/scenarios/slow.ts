// slow: some of the clients stop reading, and go on asking. The others must not feel it; the slow ones are cut
// (4108) as soon as too much waits for them (I8: told, never a silent hole), and what the server holds for
// them is bounded.
//
//   quiet seconds | slow ones read nothing, and ask for pages | they read again, are told, come back | settle
//
// What the kernel takes for a socket before the gateway notices is a few megabytes, so pushes alone would take
// hours to fill it: the slow ones ask for large pages of an author who has posted much.

import { setTimeout as delay } from 'node:timers/promises'
import { closeCodes } from '../../protocol/errors.ts'
import { timelineUser } from '../../protocol/operations/timeline-user.ts'
import { Health } from '../cluster/health.ts'
import type { Recorder } from '../report/recorder.ts'
import { p99Between } from '../report/recording.ts'
import { duration } from '../report/report.ts'
import { defineScenario } from '../scenario.ts'
import { Random } from '../std/random.ts'
import { evenEdges } from '../swarm/crowd-edges.ts'
import { abnormalClosure } from '../swarm/lean-socket.ts'
import { Pacer } from '../swarm/pacer.ts'
import type { Stage, StageSetting } from '../swarm/stage.ts'
import { comeBack, onStage, swarmOptions } from '../swarm/stage.ts'
import type { SwarmClient } from '../swarm/swarm.ts'

/**
 * How a slow client may be cut. The code waits behind all that it has not read; who does not read on for some
 * ten seconds more finds the socket gone without one. Either way they know, and come back with their position.
 */
const cutCodes: readonly number[] = [closeCodes.slowConsumer.code, abnormalClosure]
/** Tweets of the page that a slow client asks for; its author posts as many beforehand. */
const pageTweets = 100
/** As long as a text may be with its number before it, in letters of two bytes. */
const loudWords = 'ж'.repeat(268)
/** Pause between those posts, so that they are not what is measured. */
const loudPauseMs = 5
/**
 * What a gateway may hold for a client that does not read: its limit of 1 MiB, a frame that crosses it, and
 * twice of all that, since a buffer grows by doubling.
 */
const heldBytesMax = 2.5 * 1024 * 1024
/** By so much the memory of a process may grow for other reasons within a run: garbage not yet collected. */
const growthBytesMax = 256 * 1024 * 1024

export const slow = defineScenario({
  name: 'slow',
  summary: 'some clients stop reading: the others are not hurt, the slow ones are told',
  options: {
    ...swarmOptions,
    seconds: { ...swarmOptions.seconds, default: 10, meaning: 'Seconds before, and after' },
    share: {
      kind: 'number',
      default: 0.05,
      min: 0,
      max: 0.9,
      isFraction: true,
      meaning: 'The share of clients that stop reading; the kernel may hold 4 MB for each',
    },
    pause: { kind: 'number', default: 90, min: 1, max: 600, meaning: 'Seconds without reading' },
    pages: {
      kind: 'number',
      default: 500,
      min: 0,
      max: 1e5,
      isFraction: true,
      meaning: 'Pages of some 70 KB a second that the slow clients ask for, in turn',
    },
    follows: { kind: 'number', default: 20, min: 1, max: 5_000, meaning: 'Whom each follows' },
    metrics: {
      kind: 'text',
      value: 'ADDRESSES',
      meaning:
        'The admin ports of the processes of --url, with commas between them, for their memory',
    },
  },
  run: async (given, run) => {
    const size = { nodes: given.clients, followsEach: given.follows }
    const edges = evenEdges(new Random(`${given.seed} graph`), size)
    const slowCount = Math.max(1, Math.floor(given.clients * given.share))
    const closed = new Map<number, number>()
    const setting: StageSetting = {
      edges,
      isActor: ({ index }) => index >= slowCount,
      pushKindOf: (recorder: Recorder) => {
        const kind = recorder.kind('slow push', 'to those who had stopped reading')
        kind.isQuiet = true
        return (_, client) => (client.index < slowCount ? kind : undefined)
      },
      // Whoever was away for long may have missed more than is told again: then they know.
      onHole: () => undefined,
      onLost: (stage, client, code) => {
        closed.set(code, (closed.get(code) ?? 0) + 1)
        const isDue = client.index < slowCount && cutCodes.includes(code)
        if (!isDue) stage.recorder.error(`closed with ${code}`)
        void comeBack(stage, client)
      },
    }
    return await onStage(run, given, setting, async (stage) => {
      const slowOnes = stage.swarm.clients.slice(0, slowCount)
      const figures = await stopReading(stage, slowOnes, given)
      const [told = 0, silent = 0] = cutCodes.map((code) => closed.get(code) ?? 0)
      const text = `${told} of ${slowCount} told so with ${cutCodes[0]}, ${silent} found the socket gone`
      stage.recorder.note('cut as slow consumers', text)
      if (told + silent === 0) {
        stage.recorder.error('nobody was cut: --pages or --pause is too small')
      }
      return { slowCount, closed: Object.fromEntries(closed), ...figures }
    })
  },
})

async function stopReading(
  stage: Stage,
  slowOnes: readonly SwarmClient[],
  given: { readonly seconds: number; readonly pause: number; readonly pages: number },
): Promise<Readonly<Record<string, unknown>>> {
  const { recorder, target } = stage
  const health = new Health({
    doors: target.doors,
    onError: (message) => recorder.error(message),
  })
  const watch = setInterval(() => void health.read(), 1_000)
  try {
    const loudId = await postMuch(stage, slowOnes.length)
    await delay(given.seconds * 1_000)
    await health.read()
    const before = residentBytes(health)
    const quietUntil = secondsOf(recorder)
    for (const { socket } of slowOnes) socket?.pause()
    await askForPages(stage, slowOnes, { ...given, loudId })
    const pausedUntil = secondsOf(recorder)
    for (const { socket } of slowOnes) socket?.resume()
    await delay(given.seconds * 1_000)
    await health.read()
    noteHarm(recorder, { quietUntil, pausedUntil })
    return { memory: checkMemory(recorder, { before, health, slowCount: slowOnes.length }) }
  } finally {
    clearInterval(watch)
  }
}

/** Somebody who reads posts as many tweets as a page holds. @returns their id */
async function postMuch(stage: Stage, slowCount: number): Promise<number> {
  const { swarm, background, recorder, people } = stage
  const author = swarm.clients[Math.min(slowCount, swarm.clients.length - 1)]!
  const kind = recorder.kind('post')
  for (let post = 0; post < pageTweets; post++) {
    background.post(author, { intendedMs: performance.now(), kind, words: loudWords })
    await delay(loudPauseMs)
  }
  return people.userIds[author.index]!
}

/** Asks for pages that nobody reads, evenly over the clients and the time. */
async function askForPages(
  { swarm, recorder }: Stage,
  slowOnes: readonly SwarmClient[],
  given: { readonly pause: number; readonly pages: number; readonly loudId: number },
): Promise<void> {
  let turn = 0
  const params = { userId: given.loudId, limit: pageTweets }
  const pacer = new Pacer({
    perSecond: given.pages,
    work: (intendedMs) => {
      const client = slowOnes[turn++ % slowOnes.length]!
      if (client.state !== 'live') return
      const request = { operation: timelineUser, params, kind: undefined, intendedMs }
      swarm.request(client, {
        ...request,
        onError: ({ code, message }) => {
          // What was asked is lost with a socket that is cut: that is what this scenario is about.
          if (code !== 'closed') recorder.error(`${timelineUser.name}: ${code} (${message})`)
        },
      })
    },
  })
  pacer.start()
  await delay(given.pause * 1_000)
  pacer.stop()
}

function secondsOf(recorder: Recorder): number {
  return recorder.recording().seconds
}

/** How the others fared while the slow ones did not read. */
function noteHarm(
  recorder: Recorder,
  stretch: { readonly quietUntil: number; readonly pausedUntil: number },
): void {
  const { quietUntil, pausedUntil } = stretch
  for (const kind of recorder.recording().kinds) {
    if (kind.name !== 'push' && kind.name !== 'home') continue
    const quiet = p99Between(kind, { fromSeconds: 0, toSeconds: quietUntil })
    const paused = p99Between(kind, { fromSeconds: quietUntil, toSeconds: pausedUntil })
    const text = `${duration(quiet)} before, ${duration(paused)} meanwhile`
    recorder.note(`${kind.name} of the others, p99 of a usual second`, text)
  }
}

/** By process. */
function residentBytes(health: Health): Record<string, number> {
  const latest = [...health.readings].map(([name, readings]) => [
    name,
    readings.at(-1)?.residentBytes ?? 0,
  ])
  return Object.fromEntries(latest)
}

/** Counts an error where a process grew by more than it may. */
export function checkMemory(
  recorder: Pick<Recorder, 'error' | 'note'>,
  given: {
    readonly before: Readonly<Record<string, number>>
    readonly health: Pick<Health, 'readings' | 'gateways'>
    readonly slowCount: number
  },
): Readonly<Record<string, unknown>> {
  const { before, health, slowCount } = given
  const grown: Record<string, number> = {}
  for (const [name, readings] of health.readings) {
    const most = Math.max(0, ...readings.map((reading) => reading.residentBytes ?? 0))
    grown[name] = Math.max(0, most - (before[name] ?? 0))
    const held = health.gateways.has(name) ? slowCount * heldBytesMax : 0
    if (grown[name] > held + growthBytesMax) recorder.error(`${name} grew without bounds`)
  }
  const text = Object.entries(grown).map(
    ([name, bytes]) => `${name} +${(bytes / 2 ** 20).toFixed(0)} MB`,
  )
  recorder.note('memory at most', text.join(', ') || 'unknown: --metrics was not given')
  return { beforeBytes: before, grownBytes: grown }
}
