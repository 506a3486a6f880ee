import { expect, test } from 'vitest'
import { OnlineUsers } from '../../../../../shard/state/timelines/online-users.ts'

test('users who are online are counted once, however often they are said to be', () => {
  const online = new OnlineUsers()
  for (const user of [3, 3, 900]) online.set(user, 1)
  expect([online.count, online.get(3), online.get(4), online.get(900)]).toEqual([2, 1, 0, 1])
  for (const user of [3, 4, 3]) online.set(user, 0)
  expect([online.count, online.get(3)]).toEqual([1, 0])
})
