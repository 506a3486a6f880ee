// Makes all that the members of a cluster on Redis have said older, so that no test waits for it.

import type { Redis } from 'ioredis'
import { membersKeyOf } from '../../shard/replication/redis/redis-members.ts'

/** A value begins with the moment at which it was heard: shard/replication/redis/lua/announce.lua. */
const ageScript = `
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
  local heardAt, rest = string.match(all[place + 1], '^(%d+)()')
  local value = string.format('%.0f', heardAt - ARGV[1]) .. string.sub(all[place + 1], rest)
  redis.call('HSET', KEYS[1], all[place], value)
end`

export async function ageMembers(
  redis: Redis,
  { cluster, ms }: { cluster: string; ms: number },
): Promise<void> {
  await redis.eval(ageScript, 1, membersKeyOf(cluster), Math.ceil(ms))
}
