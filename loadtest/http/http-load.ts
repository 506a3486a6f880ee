// HTTP load of a mix: deals the requests out to the lanes, records what comes back, and at the end asks
// the server whether it holds what it has acknowledged.

import { Client } from '../client/client.ts'
import { httpOrigin } from '../client/socket.ts'
import type { KnownUser } from '../oracle/oracle.ts'
import type { Recorder } from '../report/recorder.ts'
import { forEachBounded } from '../std/bounded.ts'
import { closing } from '../std/closing.ts'
import { Random } from '../std/random.ts'
import type { Fired } from './autocannon.ts'
import { fire } from './autocannon.ts'
import type { HttpShot, HttpWork, PostCounts } from './http-work.ts'
import type { Mix } from './mix.ts'
import { deal } from './mix.ts'

export type HttpLoadOptions = {
  /** As of a target: `ws://…/v1/live`. */
  readonly url: string
  readonly work: HttpWork
  readonly mix: Mix
  readonly recorder: Pick<Recorder, 'kind' | 'error'>
  readonly seed: string
  readonly connections: number
  readonly pipelining: number
  readonly rate: number | undefined
  readonly seconds: number
}

/** Shots of all lanes together before they are repeated: enough for many users, few enough to be built in a second. */
const shotsMax = 20_000

/** Fires for so many seconds; what is wrong with an answer is an error of the recorder. */
export async function fireMix(options: HttpLoadOptions): Promise<Fired> {
  const { work, mix, recorder, seed, connections, pipelining, rate, seconds } = options
  const shots = rate === undefined ? shotsMax : Math.min(shotsMax, rate * seconds)
  const fired = await fire<HttpShot>({
    origin: httpOrigin(options.url),
    connections,
    pipelining,
    rate,
    seconds,
    shotsOf: ({ index, count }) => {
      const random = new Random(`${seed} lane ${index}`)
      return deal(mix, { count: Math.ceil(shots / count), random }).map((kind) => work.shot(kind))
    },
    onAnswer: (answered) => {
      const complaint = work.check(answered)
      if (complaint === undefined) recorder.kind(answered.shot.kind).record(answered.us)
      else recorder.error(complaint)
    },
    onSkipped: ({ shot, us }) => recorder.kind(shot.kind).record(us),
    onError: (message) => recorder.error(message),
  })
  if (fired.lost > 0) recorder.error('lost with its connection', fired.lost)
  return fired
}

export type PostsFound = {
  readonly authors: number
  readonly acknowledged: number
  /** Acknowledged and not there. */
  readonly missed: number
  /** There, and never sent. */
  readonly doubled: number
}

/** Asks for the number of tweets of every author who has posted. Throws CallFailure. */
export async function countPosts(
  url: string,
  posts: ReadonlyMap<KnownUser, PostCounts>,
): Promise<PostsFound> {
  let [acknowledged, missed, doubled] = [0, 0, 0]
  await closing(await Client.open({ url }), (client) =>
    forEachBounded(posts, questionsAtOnce, async ([author, counts]) => {
      const { user } = await client.call('user.get', { user: { id: author.id as never } })
      const found = user.counts.tweets - author.tweets.filter((tweet) => !tweet.isDeleted).length
      acknowledged += counts.acknowledged
      missed += Math.max(0, counts.acknowledged - found)
      doubled += Math.max(0, found - counts.sent)
    }),
  )
  return { authors: posts.size, acknowledged, missed, doubled }
}

const questionsAtOnce = 32
