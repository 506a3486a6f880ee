// Who listens to which tag: the subscribers of the channels `tag:NAME`. Owned by Live.
//
// A subscriber is here for as long as it listens to at least one tag; how many that may be has a limit, so
// what is kept here is bounded by the sockets that there are.

import { tagsPerSocketMax } from '../state/index/limits.ts'

export class TagChannels<S extends object> {
  /** Tag to who listens, and how many tweets had arrived when they began. */
  readonly #channels = new Map<string, Map<S, number>>()
  readonly #tagsOf = new Map<S, Set<string>>()

  get isEmpty(): boolean {
    return this.#channels.size === 0
  }

  /** Whether the subscriber listens to any tag. */
  has(subscriber: S): boolean {
    return this.#tagsOf.has(subscriber)
  }

  /** Whether the subscriber can listen to this one, too. */
  hasRoom(subscriber: S | undefined, tag: string): boolean {
    const tags = subscriber && this.#tagsOf.get(subscriber)
    return tags === undefined || tags.has(tag) || tags.size < tagsPerSocketMax
  }

  join(subscriber: S, tag: string, since: number): void {
    const channel = this.#channels.get(tag) ?? new Map<S, number>()
    this.#channels.set(tag, channel.set(subscriber, since))
    const tags = this.#tagsOf.get(subscriber) ?? new Set<string>()
    this.#tagsOf.set(subscriber, tags.add(tag))
  }

  leave(subscriber: S, tag: string): void {
    const channel = this.#channels.get(tag)
    if (channel?.delete(subscriber) !== true) return
    if (channel.size === 0) this.#channels.delete(tag)
    const tags = this.#tagsOf.get(subscriber)!
    tags.delete(tag)
    if (tags.size === 0) this.#tagsOf.delete(subscriber)
  }

  leaveAll(subscriber: S): void {
    for (const tag of [...(this.#tagsOf.get(subscriber) ?? [])]) this.leave(subscriber, tag)
  }

  /** Who listens to a tag, with how many tweets had arrived when they began. */
  listeners(tag: string): Iterable<readonly [S, number]> {
    return this.#channels.get(tag) ?? []
  }
}
