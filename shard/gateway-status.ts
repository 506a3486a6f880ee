// What gateways are told of this process: which partitions it serves and hosts, and which members there are.
//
// A process that recovers is there for other shards, and has nothing to offer to gateways yet. Who cannot be
// heard in the log's medium does not offer to write there. Being heard ends by time alone, also
// between two looks; so what was told is noted in the moment in which it is told.

import type { ShardStatus } from '../protocol/cluster-status.ts'
import type { Membership } from './placement/membership.ts'
import type { Shard } from './shard.ts'

export class GatewayStatus {
  /** Whether the state is complete, and requests can be answered. */
  isReady = false
  readonly #shard: Pick<Shard, 'status'>
  readonly #membership: Pick<Membership, 'name' | 'isHeard' | 'addresses'>
  /** What all gateways know; not heard where one of them was told so. */
  #told: Pick<Membership, 'isHeard' | 'addresses'> = { isHeard: true, addresses: {} }

  constructor(parts: {
    readonly shard: Pick<Shard, 'status'>
    readonly membership: Pick<Membership, 'name' | 'isHeard' | 'addresses'>
  }) {
    this.#shard = parts.shard
    this.#membership = parts.membership
  }

  /** For one gateway, as it comes. */
  now(): ShardStatus {
    const { serving, hosted } = this.#shard.status()
    const { name, isHeard, addresses: members } = this.#membership
    if (!isHeard) this.#told = { ...this.#told, isHeard }
    if (!this.isReady) return { serving: [], hosted: [], members, name }
    return { serving: isHeard ? serving : [], hosted, members, name }
  }

  /** For all gateways. */
  forAll(): ShardStatus {
    const { isHeard, addresses } = this.#membership
    this.#told = { isHeard, addresses }
    return this.now()
  }

  /** Whether there are other members, or this one is heard again or no more, than all gateways know. */
  get isOutdated(): boolean {
    const { isHeard, addresses } = this.#membership
    const isSame = JSON.stringify(this.#told.addresses) === JSON.stringify(addresses)
    return !isSame || this.#told.isHeard !== isHeard
  }
}
