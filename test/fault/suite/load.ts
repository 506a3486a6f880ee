// The load of a fault run: people who post, mark and follow, at an even rate over all partitions.
//
// The rate is kept by the clock, not by the answers: while a partition is away its writers go on trying, up to
// a bound, as people do. Each write is sent again as its error advises, a post with the same operation id, until its
// outcome is known. A tenth of those whose outcome became uncertain is left so: what became of them has
// to be "once or not at all".

import { Random } from '../../../loadtest/std/random.ts'
import type { ErrorBody } from '../../../protocol/errors.ts'
import type { TweetId, UserId } from '../../../protocol/ids.ts'
import { elapse, eventually } from '../../helpers/eventually.ts'
import { Caller, codeOf, failureOf } from './caller.ts'
import type { Write, WriteKind } from './history.ts'
import { textOf } from './history.ts'
import type { Person } from './person.ts'
import type { Recorder } from './recorder.ts'

export type LoadOptions = {
  readonly writers: readonly Person[]
  readonly recorder: Recorder
  readonly url: () => string
  readonly writesPerSecond: number
  readonly seed: string
  /** Posts, favorites and follows of 100 writes. */
  readonly mix?: { readonly posts: number; readonly favorites: number }
}

const tickMs = 5
/** Writes of one person without an outcome: more than a second and a half of their share. */
const windowMax = 48
const retryPauseMs = 50
/** Of the writes whose outcome became uncertain. */
const abandonedShare = 0.1
const unfavoriteShare = 0.1
const mixDefault = { posts: 60, favorites: 30 }
/** Newest tweets that may be marked. */
const tweetsKnownMax = 2_000
/** Until the last write has its outcome, when no more come. */
const settleWithinMs = 60_000

type Writer = {
  readonly person: Person
  readonly caller: Caller
  readonly follows: Set<UserId>
  readonly favorites: Set<TweetId>
  /** Users and tweets with a change under way, or one of unknown outcome. */
  readonly busy: Set<number>
  open: number
}

export class Load {
  readonly #options: LoadOptions
  readonly #recorder: Recorder
  readonly #random: Random
  readonly #writers: Writer[]
  readonly #tweets: TweetId[] = []
  #timer: NodeJS.Timeout | undefined
  #startedAtMs = 0
  #issued = 0
  #turn = 0
  #isGivenUp = false
  #bug: unknown
  /** Writes that were due while their writer had too many open. */
  heldBack = 0

  constructor(options: LoadOptions) {
    this.#options = options
    this.#recorder = options.recorder
    this.#random = new Random(options.seed)
    this.#writers = options.writers.map((person) => ({
      person,
      caller: new Caller({ url: options.url, token: person.token }),
      follows: new Set<UserId>(),
      favorites: new Set<TweetId>(),
      busy: new Set<number>(),
      open: 0,
    }))
  }

  start(): void {
    this.#startedAtMs = performance.now()
    this.#issued = 0
    this.#timer = setInterval(() => this.#tick(), tickMs)
  }

  /** No more writes; resolves when each has its outcome. What is open after a minute ends as unknown. */
  async stop(): Promise<void> {
    clearInterval(this.#timer)
    const giveUp = setTimeout(() => {
      this.#isGivenUp = true
    }, settleWithinMs)
    await eventually(() => this.#recorder.open === 0 || this.#bug !== undefined, {
      withinMs: settleWithinMs * 2,
      elseDump: () => this.#recorder.failures.slice(-5),
    })
    clearTimeout(giveUp)
    this.close()
    if (this.#bug !== undefined) throw this.#bug
  }

  close(): void {
    clearInterval(this.#timer)
    this.#isGivenUp = true
    for (const { caller } of this.#writers) caller.close()
  }

  /** One write of this kind by this person, until its outcome is known. */
  async follow(person: Person, followee: Person): Promise<void> {
    const writer = this.#writers.find((one) => one.person.id === person.id)
    if (writer === undefined) throw new Error(`${person.handle} does not write here`)
    await this.#toggle(writer, { kinds: ['follow', 'unfollow'], targetId: followee.id })
  }

  #tick(): void {
    const elapsedMs = performance.now() - this.#startedAtMs
    const due = Math.floor((elapsedMs / 1000) * this.#options.writesPerSecond)
    for (; this.#issued < due; this.#issued++) {
      const writer = this.#writers[this.#turn++ % this.#writers.length] as Writer
      if (writer.open >= windowMax) {
        this.heldBack++
        continue
      }
      this.#write(writer).catch((error: unknown) => {
        this.#bug ??= error
      })
    }
  }

  #write(writer: Writer): Promise<void> {
    const { posts, favorites } = this.#options.mix ?? mixDefault
    const chance = this.#random.fraction() * 100
    if (chance < posts) return this.#post(writer)
    if (chance >= posts + favorites) {
      const targetId = this.#random.pick(this.#writers).person.id
      return this.#toggle(writer, { kinds: ['follow', 'unfollow'], targetId })
    }
    if (this.#random.chance(unfavoriteShare) && writer.favorites.size > 0) {
      const [targetId] = writer.favorites as Set<number>
      return this.#toggle(writer, { kinds: ['favorite', 'unfavorite'], targetId: targetId ?? 0 })
    }
    const fresh = this.#tweets.length === 0 ? undefined : this.#random.pick(this.#tweets)
    if (fresh === undefined || writer.favorites.has(fresh)) return this.#post(writer)
    return this.#toggle(writer, { kinds: ['favorite', 'unfavorite'], targetId: fresh })
  }

  async #post(writer: Writer): Promise<void> {
    const write = this.#begin(writer, { kind: 'post', targetId: 0 })
    await this.#untilKnown(writer, write, async () => {
      const params = { text: textOf(write.key), operationId: write.key }
      const { tweet } = await writer.caller.call('tweet.post', params)
      if (this.#tweets.length < tweetsKnownMax) this.#tweets.push(tweet.id)
      else this.#tweets[this.#random.below(tweetsKnownMax)] = tweet.id
      return { tweetId: tweet.id }
    })
  }

  /** Turns a follow or a mark on, or off again. A pair changes once at a time. */
  async #toggle(
    writer: Writer,
    { kinds, targetId }: { kinds: readonly [WriteKind, WriteKind]; targetId: number },
  ): Promise<void> {
    const set = (kinds[0] === 'follow' ? writer.follows : writer.favorites) as Set<number>
    if (writer.busy.has(targetId) || targetId === writer.person.id) return await this.#post(writer)
    const kind = set.has(targetId) ? kinds[1] : kinds[0]
    writer.busy.add(targetId)
    const write = this.#begin(writer, { kind, targetId })
    const { isUncertain } = await this.#untilKnown(writer, write, async () => {
      await call(writer.caller, { kind, targetId })
      return {}
    })
    // An attempt that nobody has heard of may still arrive, however late; these writes have no key
    // by which it would be known for a repeat. So the pair is left as it is.
    if (isUncertain) return
    writer.busy.delete(targetId)
    if (write.outcome === 'acknowledged') {
      if (!set.delete(targetId)) set.add(targetId)
    }
  }

  #begin(writer: Writer, write: Pick<Write, 'kind' | 'targetId'>): Write {
    const { id, partition } = writer.person
    return this.#recorder.begin({ ...write, actorId: id, partition })
  }

  async #untilKnown(
    writer: Writer,
    write: Write,
    attempt: () => Promise<{ tweetId?: TweetId }>,
  ): Promise<{ readonly isUncertain: boolean }> {
    writer.open++
    let isUncertain = false
    try {
      for (;;) {
        const startedAtMs = performance.now()
        try {
          this.#recorder.end(write, 'acknowledged', await attempt())
          return { isUncertain }
        } catch (error) {
          const failure = failureOf(error)
          const { body } = failure
          this.#recorder.failed({
            kind: write.kind,
            partition: write.partition,
            code: codeOf(failure),
            message: body.message,
            tookMs: performance.now() - startedAtMs,
          })
          isUncertain ||= body.retry === 'same'
          if (this.#isOver(body, isUncertain)) {
            this.#recorder.end(write, isUncertain ? 'unknown' : 'refused')
            return { isUncertain }
          }
          await elapse(pauseMs(body, this.#random))
        }
      }
    } finally {
      writer.open--
    }
  }

  #isOver(body: ErrorBody, isUncertain: boolean): boolean {
    if (body.retry === 'never' || this.#isGivenUp) return true
    return body.retry === 'same' && isUncertain && this.#random.chance(abandonedShare)
  }
}

async function call(
  caller: Caller,
  { kind, targetId }: { kind: WriteKind; targetId: number },
): Promise<void> {
  const userId = targetId as UserId
  const tweetId = targetId as TweetId
  if (kind === 'follow') await caller.call('user.follow', { userId })
  else if (kind === 'unfollow') await caller.call('user.unfollow', { userId })
  else if (kind === 'favorite') await caller.call('tweet.favorite', { tweetId })
  else await caller.call('tweet.unfavorite', { tweetId })
}

/** As long as the server says, with jitter, so that many clients do not march in step. */
function pauseMs(body: ErrorBody, random: Random): number {
  return (body.retryAfterMs ?? retryPauseMs) * (0.75 + random.fraction() / 2)
}
