// What operators of the digest run bring in: users and follows, a batch at a time.

import { FollowBatchWriter, unpackIds } from '../../../protocol/batches.ts'
import type { Fields } from '../../../protocol/fields.ts'
import type { UserId } from '../../../protocol/ids.ts'
import { partitionOfHandle, partitionOfId } from '../../../protocol/ids.ts'
import { pickValue } from '../../../protocol/pick.ts'
import { operations } from '../../../protocol/registry.ts'
import type { Deed } from './deed.ts'

const handlesPerImport = 12
const followersPerImport = 6
const followeesEachMax = 24

export type ImportCrowd = {
  /** From 0 to below 1. */
  readonly random: () => number
  readonly partitionCount: number
  anybody(): UserId
  somebodyKnown(): UserId
  cameIn(userId: UserId, handle: string): void
  follows(follower: UserId, followee: UserId): void
}

export class ImportDeeds {
  readonly #crowd: ImportCrowd
  readonly #batch = new FollowBatchWriter()
  #handles = 0

  constructor(crowd: ImportCrowd) {
    this.#crowd = crowd
  }

  users(): Deed {
    const { random, partitionCount } = this.#crowd
    const partition = this.#below(partitionCount)
    const handles: string[] = []
    while (handles.length < handlesPerImport) {
      const handle = `nest${(++this.#handles).toString(36)}`
      if (partitionOfHandle(handle, partitionCount) === partition) handles.push(handle)
    }
    const password = random() < 0.5 ? { password: 'the same for all' } : {}
    return {
      name: 'import.users',
      actor: 0,
      params: { partition, handles, ...password },
      learn: (answer) => {
        const fields: Fields = operations['import.users'].answer
        const ids = unpackIds(pickValue(fields, answer, ['userIds']) as Uint8Array)
        for (const [place, handle] of handles.entries()) {
          this.#crowd.cameIn(ids[place] as UserId, handle)
        }
      },
    }
  }

  follows(): Deed | undefined {
    const { anybody, somebodyKnown, partitionCount } = this.#crowd
    const partition = this.#below(partitionCount)
    const followers = new Set<UserId>()
    for (let tries = 0; tries < followersPerImport * 8; tries++) {
      const id = anybody()
      if (partitionOfId(id) === partition) followers.add(id)
      if (followers.size === followersPerImport) break
    }
    if (followers.size === 0) return undefined
    const edges: [UserId, UserId][] = []
    this.#batch.reset()
    for (const follower of [...followers].sort((left, right) => left - right)) {
      const count = 1 + this.#below(followeesEachMax)
      const followees = new Set(Array.from({ length: count }, () => somebodyKnown()))
      this.#batch.begin(follower, followees.size)
      for (const followee of [...followees].sort((left, right) => left - right)) {
        this.#batch.add(followee)
        edges.push([follower, followee])
      }
    }
    const params = { partition, follows: this.#batch.copy() }
    const learn = () => {
      for (const [follower, followee] of edges) this.#crowd.follows(follower, followee)
    }
    return { name: 'import.follows', actor: 0, params, learn }
  }

  #below(count: number): number {
    return Math.floor(this.#crowd.random() * count)
  }
}
