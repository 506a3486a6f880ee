// celebrity: one account with a million followers, some of them connected, posts while the others go on with
// what they do. How long does a tweet take from the first socket to the last, and who is kept waiting?
//
// Followers who never read have no timeline in the server's memory: as with people who signed up long ago.

import { setTimeout as delay } from 'node:timers/promises'
import type { Edges } from '../import/edges.ts'
import type { Recorder } from '../report/recorder.ts'
import { duration } from '../report/report.ts'
import { defineScenario } from '../scenario.ts'
import { Random } from '../std/random.ts'
import { windowsOf } from '../swarm/crowd-edges.ts'
import type { Post } from '../swarm/ledger.ts'
import { isEverywhere } from '../swarm/ledger.ts'
import type { Stage } from '../swarm/stage.ts'
import { onStage, swarmOptions } from '../swarm/stage.ts'

/** The celebrity's place among the clients. */
const celebrityIndex = 0
/** How long the last post may take to be everywhere. */
const lastWaitMs = 10_000
const pollMs = 20

export const celebrity = defineScenario({
  name: 'celebrity',
  summary: 'one account with a million followers posts under background load',
  options: {
    ...swarmOptions,
    posts: { ...swarmOptions.posts, default: 100 },
    followers: {
      kind: 'number',
      default: 1_000_000,
      min: 1,
      max: 6e7,
      meaning: 'Followers of the celebrity; the clients are among them',
    },
    every: {
      kind: 'number',
      default: 2,
      min: 0.01,
      max: 3_600,
      isFraction: true,
      meaning: 'Seconds from one post of the celebrity to the next',
    },
    follows: {
      kind: 'number',
      default: 10,
      min: 1,
      max: 5_000,
      meaning: 'Whom each client follows beside the celebrity',
    },
  },
  run: async (given, run) => {
    const edges = celebrityEdges(new Random(`${given.seed} graph`), given)
    const isActor = ({ index }: { index: number }) => index !== celebrityIndex
    const pushKindOf = (recorder: Recorder) => {
      const kind = recorder.kind('celebrity push', 'a post of the celebrity, to each socket')
      return (post: Post) => (post.author === celebrityIndex ? kind : undefined)
    }
    return await onStage(run, given, { edges, isActor, pushKindOf }, (stage) =>
      postEvery(stage, given),
    )
  },
})

/** Node 0 is followed by all; the other clients follow some of each other as well. */
function celebrityEdges(
  random: Random,
  size: { readonly clients: number; readonly followers: number; readonly follows: number },
): Edges {
  const followers = Math.max(size.followers, size.clients - 1)
  const others = size.clients - 1
  const followsEach = Math.min(size.follows, others - 1)
  function* pairs(): Iterable<readonly [number, number]> {
    for (let node = 1; node <= followers; node++) {
      yield [node, celebrityIndex]
      if (node > others) continue
      const chosen = new Set<number>([node])
      while (chosen.size <= followsEach) chosen.add(1 + random.below(others))
      chosen.delete(node)
      for (const other of chosen) yield [node, other]
    }
  }
  return { estimate: followers + others * followsEach, windows: windowsOf(pairs()) }
}

async function postEvery(
  stage: Stage,
  given: { readonly seconds: number; readonly every: number },
): Promise<Readonly<Record<string, unknown>>> {
  const { swarm, recorder, background } = stage
  const author = swarm.clients[celebrityIndex]!
  const acknowledged = recorder.kind('celebrity post', 'to its acknowledgement')
  const first = recorder.kind('celebrity first', 'from sending to the first socket')
  const last = recorder.kind('celebrity last', 'from sending to the last socket')
  const spread = recorder.kind('celebrity spread', 'from the first socket to the last')
  for (const kind of [acknowledged, first, last, spread]) kind.isQuiet = true
  const posts: Post[] = []
  const startedMs = performance.now()
  for (let number = 1; ; number++) {
    const intendedMs = startedMs + number * given.every * 1_000
    if (intendedMs > startedMs + given.seconds * 1_000) break
    await delay(Math.max(0, intendedMs - performance.now()))
    if (author.state !== 'live') {
      recorder.error('the celebrity is not connected')
      continue
    }
    posts.push(background.post(author, { intendedMs, kind: acknowledged }))
  }
  const deadlineMs = performance.now() + lastWaitMs
  while (!posts.every(isEverywhere) && performance.now() < deadlineMs) await delay(pollMs)
  const whole = posts.filter(isEverywhere)
  for (const post of whole) {
    first.record((post.firstMs - post.sentMs) * 1_000)
    last.record((post.lastMs - post.sentMs) * 1_000)
    spread.record((post.lastMs - post.firstMs) * 1_000)
  }
  const sockets = swarm.clients.length
  const longestMs = Math.max(0, ...whole.map((post) => post.lastMs - post.firstMs))
  recorder.note(`first to last of ${sockets} sockets, longest`, duration(longestMs * 1_000))
  return { celebrityPosts: posts.length, sockets }
}
