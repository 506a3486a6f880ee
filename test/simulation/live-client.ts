// A live client as it should be written: it keeps its position, and on a lost one reads until it knows.

import { expect } from 'vitest'
import type { PushSeen, SimulatedCluster } from './simulated-cluster.ts'

type Seen = { readonly id: number; readonly retweetOf?: number }

export class LiveClient {
  readonly actor: number
  readonly seen: number[] = []
  /** Of what was seen: itself, or the original of a retweet. */
  readonly originals: number[] = []
  readonly #cluster: SimulatedCluster
  readonly #slot: number
  /** What the stream itself has brought: pushes and recovered tweets. */
  readonly #streamed = new Set<number>()
  #position: string | undefined
  #pushesRead = 0
  isConnected = false

  constructor(cluster: SimulatedCluster, actor: number, slot: number) {
    this.#cluster = cluster
    this.actor = actor
    this.#slot = slot
  }

  async resume(): Promise<void> {
    if (this.isConnected) return
    const params = {
      channel: 'home',
      ...(this.#position === undefined ? {} : { position: this.#position }),
    }
    const answer = await this.#cluster.call('live.subscribe', params, {
      actor: this.actor,
      slot: this.#slot,
    })
    if ('error' in answer) throw new Error(answer.error.message)
    const { recovered, tweets, position } = answer.result
    const missed: Seen[] = [...tweets].reverse()
    if (recovered) {
      for (const { id } of missed) {
        expect(this.#streamed, 'nothing is sent again').not.toContain(id)
        this.#streamed.add(id)
      }
    } else {
      missed.unshift(...(await this.#olderThan(missed[0]?.id)))
    }
    for (const tweet of missed) this.#see(tweet)
    this.#position = position
    this.isConnected = true
    this.read()
  }

  /** Takes what was pushed to this socket since the last look. */
  read(): void {
    const pushes = this.#cluster.gateway.pushes
    for (; this.#pushesRead < pushes.length; this.#pushesRead++) {
      const push = pushes[this.#pushesRead]!
      if (push.slot === this.#slot && push.name === 'timeline.tweet') this.#take(push)
    }
  }

  drop(): void {
    this.read()
    if (this.isConnected) this.#cluster.disconnect(this.actor, this.#slot)
    this.isConnected = false
  }

  #take(push: PushSeen): void {
    const { tweet, position } = push.data as { tweet: Seen; position: string }
    expect(this.#streamed, 'I2: no tweet twice').not.toContain(tweet.id)
    this.#streamed.add(tweet.id)
    this.#see(tweet)
    this.#position = position
  }

  /** A page that was read on top of the stream may have shown it already. */
  #see({ id, retweetOf }: Seen): void {
    if (this.seen.includes(id)) return
    this.seen.push(id)
    this.originals.push(retweetOf ?? id)
  }

  async #olderThan(before: number | undefined): Promise<Seen[]> {
    if (before === undefined) return []
    const page = await this.#cluster.call(
      'timeline.home',
      { before, limit: 100 },
      { actor: this.actor },
    )
    if ('error' in page) throw new Error(page.error.message)
    return [...page.result.tweets].reverse()
  }
}
