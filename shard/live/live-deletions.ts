// Deleted tweets: those of which whoever shows them has to be told. They are told together, in as many turns of the event
// loop as that takes, so that very many deletions at once cost hardly more than one. Owned by Live.
//
//   deleted 5     deleted 8   deleted 3     deleted 9
//   | all who show 5 are told | a rest | all who show 8, 3 or 9 are told | a rest
//
// Until then a deletion is in no position (shard/state/tweets/deletions.ts), and what is pushed meanwhile has its place before it.

import { encodeFields } from '../../protocol/message-pack.ts'
import { tweetDeleted } from '../../protocol/pushes/tweet-deleted.ts'
import type { ShardState } from '../state/shard-state.ts'
import type { Send } from './live-counts.ts'
import { deletionsRestMs } from './live-ports.ts'
import type { Gateway } from './live-subscribers.ts'
import { type Defer, Turns } from './live-turns.ts'
import { tellViewers } from './live-viewers.ts'

export type DeletionPorts = {
  readonly defer: Defer
  /** Runs a task after so many milliseconds. */
  later(task: () => void, afterMs: number): void
  readonly gateways: () => Iterable<Gateway>
  readonly send: Send
}

export class DeletedTweets {
  readonly #state: ShardState
  readonly #ports: DeletionPorts
  readonly #turns: Turns
  #waiting = new Set<number>()
  #isResting = false

  constructor(state: ShardState, ports: DeletionPorts) {
    this.#state = state
    this.#ports = ports
    this.#turns = new Turns(ports.defer)
  }

  /** @param tweet the dense index of one that was just deleted */
  note(tweet: number): void {
    this.#state.tweets.deletions.toldLater(tweet)
    this.#waiting.add(tweet)
    this.#go()
  }

  #go(): void {
    if (this.#waiting.size === 0 || this.#isResting || this.#turns.isBusy) return
    this.#turns.start(this.#steps(), () => {
      this.#isResting = true
      this.#ports.later(() => {
        this.#isResting = false
        this.#go()
      }, deletionsRestMs)
    })
  }

  *#steps(): Generator<void> {
    // In a later turn than the first deletion: all of that turn are here.
    const deleted = this.#waiting
    this.#waiting = new Set()
    const { tweets } = this.#state
    yield* tellViewers(deleted, {
      gateways: this.#ports.gateways(),
      isFor: () => true,
      tell: (tweet) =>
        this.#ports.send(tweetDeleted, () =>
          encodeFields(tweetDeleted.data, { tweetId: tweets.idOf(tweet) }),
        ),
    })
    tweets.deletions.told(deleted, tweets.arrivalCount)
  }
}
