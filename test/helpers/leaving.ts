// What the processes of a cluster write into the logs when an account was deleted, until nothing is left of it.

import type { UserId } from '../../protocol/ids.ts'
import { accountEraseHandler } from '../../shard/operations/account-erase.ts'
import { followSettleHandler } from '../../shard/operations/follow-settle.ts'
import { type OneShard, stranger } from './one-shard.ts'

/** @returns how many steps it took that named something */
export function eraseAll(shard: OneShard, userId: UserId): number {
  const { users, followers, requests } = shard.state
  const user = users.indexOf(userId)
  const step = (isFirst: boolean): boolean =>
    shard.ask(accountEraseHandler, stranger, { userId, isFirst }).changed
  step(true)
  let steps = 0
  while (step(false)) steps++
  const asked = new Float64Array(64)
  const askers = requests.readBefore(user, { before: Number.POSITIVE_INFINITY, limit: 64 }, asked)
  const settled = Array.from(asked.subarray(0, askers), (id) => requests.followerOf(id))
  followers.forEach(user, (follower) => settled.push(follower))
  for (const follower of settled) {
    const followerId = users.idOf(follower)
    shard.ask(followSettleHandler, stranger, { followerId, followeeId: userId })
  }
  return steps
}
