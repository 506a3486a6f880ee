// http: what applications ask for over HTTP, as JSON, in a mix.

import { pageLimitMax } from '../../protocol/limits.ts'
import type { Target } from '../cluster/cluster.ts'
import { processorUse, usageOf } from '../cluster/processor-use.ts'
import type { Fired } from '../http/autocannon.ts'
import type { PostsFound } from '../http/http-load.ts'
import { countPosts, fireMix } from '../http/http-load.ts'
import { HttpWork } from '../http/http-work.ts'
import type { Mix } from '../http/mix.ts'
import { mixes, mixNamed } from '../http/mix.ts'
import type { OptionValues } from '../options.ts'
import { UsageError } from '../options.ts'
import { makeCrowd } from '../people/crowd.ts'
import { Recorder } from '../report/recorder.ts'
import type { Outcome } from '../report/report.ts'
import { count } from '../report/report.ts'
import type { Run } from '../scenario.ts'
import { defineScenario, recordedOptions } from '../scenario.ts'
import { closing } from '../std/closing.ts'

const options = {
  mix: {
    kind: 'text',
    value: 'NAME',
    default: 'deathstar',
    meaning: `What is asked for: ${Object.keys(mixes).join(', ')}`,
  },
  seconds: { kind: 'number', default: 20, min: 1, max: 86_400, meaning: 'How long it is measured' },
  'warm-up': { kind: 'number', default: 3, min: 0, max: 600, meaning: 'Seconds before that' },
  connections: { kind: 'number', default: 32, min: 1, max: 10_000, meaning: 'Kept alive' },
  pipelining: {
    kind: 'number',
    default: 1,
    min: 1,
    max: 64,
    meaning:
      'Requests in flight on a connection; a gateway closes one that has more than 1, which is an error',
  },
  rate: {
    kind: 'number',
    min: 1,
    max: 1_000_000,
    meaning:
      'Requests a second, whatever the answers do; without it each connection asks again once it is answered',
  },
  users: { kind: 'number', default: 500, min: 2, max: 1e6, meaning: 'Made for the run' },
  follows: { kind: 'number', default: 20, min: 0, max: 10_000, meaning: 'Of each of them' },
  tweets: { kind: 'number', default: 5_000, min: 0, max: 1e7, meaning: 'Posted beforehand' },
  limit: { kind: 'number', default: 20, min: 1, max: pageLimitMax, meaning: 'Tweets of a page' },
  'check-every': {
    kind: 'number',
    default: 50,
    min: 1,
    max: 1e9,
    meaning: 'One answer in so many has its body checked; all have their status checked',
  },
  ...recordedOptions,
} as const

type Options = OptionValues<typeof options>

export const http = defineScenario({
  name: 'http',
  summary: 'timelines, profiles, posts, follows and sign-ups over HTTP, by autocannon',
  options,
  run: async (given, run) => {
    const mix = mixNamed(given.mix)
    if (given.rate !== undefined && given.pipelining > 1) {
      throw new UsageError('--rate and --pipelining do not go together')
    }
    const target = await run.launcher.open(given.url)
    return await closing(target, () => measure(target, { given, mix, run }))
  },
})

async function measure(
  target: Target,
  { given, mix, run }: { given: Options; mix: Mix; run: Run },
): Promise<Outcome> {
  const { report } = run
  const { url } = target
  const { seed, connections, pipelining, rate } = given
  const { users: nodes, follows: followsEach, tweets } = given
  const world = await makeCrowd({ target, seed, report }, { nodes, followsEach, tweets })
  const work = new HttpWork({
    users: [...world.users.values()],
    seed,
    run: Date.now().toString(36).slice(-6),
    limit: given.limit,
    checkEvery: given['check-every'],
  })
  const load = { url, work, mix, seed, connections, pipelining, rate }
  const recorder = new Recorder({ report })
  return await closing(recorder, async () => {
    if (given['warm-up'] > 0) await fireMix({ ...load, recorder, seconds: given['warm-up'] })
    recorder.start()
    const before = usageOf(target)
    const fired = await fireMix({ ...load, recorder, seconds: given.seconds })
    recorder.stop()
    const use = processorUse({ before, after: usageOf(target) }, fired.answered)
    const posts = await countPosts(url, work.posts)
    recorder.missed += posts.missed
    recorder.doubled += posts.doubled
    noteAll(recorder, { fired, posts, use, checked: work.checked, rate })
    return recorder.outcome({ ...fired, checked: work.checked, posts, ...use })
  })
}

type Found = {
  readonly fired: Fired
  readonly posts: PostsFound
  readonly use: ReturnType<typeof processorUse>
  readonly checked: number
  readonly rate: number | undefined
}

function noteAll(recorder: Recorder, { fired, posts, use, checked, rate }: Found): void {
  const { seconds } = recorder.recording()
  const perSecond = fired.answered / seconds
  recorder.note('answers', `${count(fired.answered)} (${count(perSecond)}/s)`)
  if (rate !== undefined) {
    const sent = `${count(fired.sent)} sent, ${count(fired.skipped)} due and not sent`
    recorder.note('rate', `${count(rate)}/s asked for: ${sent}, the answers before them being late`)
  }
  recorder.note('bodies checked', count(checked))
  recorder.note(
    'posts read back',
    `${count(posts.acknowledged)} of ${count(posts.authors)} authors, ${count(posts.missed)} missed, ${count(posts.doubled)} doubled`,
  )
  for (const [kind, us] of Object.entries(use.serverUsPerAnswer ?? {})) {
    recorder.note(`processor, ${kind}`, `${us.toFixed(1)} us each`)
  }
  const note = use.generatorLoad > 0.9 ? ' (the generator itself is the bottleneck)' : ''
  recorder.note('processor, generator', `${(use.generatorLoad * 100).toFixed(0)}% of one${note}`)
}
