// Asks every shard again and again which partitions it is the primary of, and in which epoch.

import type { Deployment } from './deployment.ts'
import type { SeenEpoch } from './observation.ts'

const periodMs = 250

export class EpochWatch {
  readonly seen: SeenEpoch[] = []
  readonly #deployment: Deployment
  readonly #timer: NodeJS.Timeout
  /** Looks that are under way, by shard: one that is stopped answers no look at all. */
  readonly #looking = new Set<string>()

  constructor(deployment: Deployment) {
    this.#deployment = deployment
    this.#timer = setInterval(() => this.#lookAtAll(), periodMs)
  }

  close(): void {
    clearInterval(this.#timer)
  }

  #lookAtAll(): void {
    for (const { name, process } of this.#deployment.shards.values()) {
      if (!process.isRunning || this.#looking.has(name)) continue
      this.#looking.add(name)
      void this.#look(name).finally(() => this.#looking.delete(name))
    }
  }

  async #look(name: string): Promise<void> {
    try {
      const epochs = await this.#deployment.epochsOf(name)
      for (const [partition, epoch] of epochs) this.seen.push({ observer: name, partition, epoch })
    } catch {
      // Whoever was just killed, or is stopped, has nothing to tell.
    }
  }
}
