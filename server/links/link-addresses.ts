// Where the shard of a link may be: all addresses that anybody says it has, tried in turn. Pure.
//
// An address outlives who was there. A shard that was started again on another machine leaves its old address in the
// settings of gateways, and another shard may listen there by now. Shards tell their names, so the wrong one is noticed, and
// left if there is another address. If there is none it is kept: it is a shard as well, and tells of the others.

import type { ShardStatus } from '../../protocol/cluster-status.ts'

export class LinkAddresses {
  readonly #name: string
  #all: readonly string[] = []
  #attempts = 0
  #current = ''
  /** Who is there; undefined until it has said so, and where it is of the release before. */
  #found: string | undefined

  /** @param name of the shard that is looked for */
  constructor(name: string) {
    this.#name = name
  }

  /** @returns whether these are others than before */
  follow(all: readonly string[]): boolean {
    if (all.join() === this.#all.join()) return false
    this.#all = all
    this.#attempts = 0
    return true
  }

  /** The one to try now: from the first one on, but behind one where another shard was found. */
  next(): string {
    if (this.#isStranger) this.#attempts = this.#all.indexOf(this.#current) + 1
    this.#found = undefined
    this.#current = this.#all[this.#attempts++ % this.#all.length]!
    return this.#current
  }

  /** Somebody is there. */
  opened(): void {
    this.#attempts = 0
  }

  /** The shard there says who it is. @returns as `isWrong` */
  isWrongBy({ name }: ShardStatus): boolean {
    this.#found = name
    return this.isWrong
  }

  /** Whether the present address is to be left: nobody tells of it any more, or another shard is there. */
  get isWrong(): boolean {
    return !this.#all.includes(this.#current) || (this.#isStranger && this.#all.length > 1)
  }

  get #isStranger(): boolean {
    return this.#found !== undefined && this.#found !== this.#name
  }
}
