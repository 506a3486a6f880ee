// Makes the leases of a log on Redis older, so that no test waits for one to run out.

import type { Redis } from 'ioredis'

/** Redis measures leases by its own clock: what is left of each is shortened, or ended. */
const ageScript = `
local ended = 0
for _, key in ipairs(redis.call('KEYS', ARGV[1])) do
  local left = redis.call('PTTL', key) - ARGV[2]
  if left > 0 then
    redis.call('PEXPIRE', key, left)
  else
    redis.call('DEL', key)
    ended = ended + 1
  end
end
return ended`

export async function ageLeases(
  redis: Redis,
  { cluster, ms }: { cluster: string; ms: number },
): Promise<void> {
  await redis.eval(ageScript, 0, `${cluster}:{p*}:lease`, Math.ceil(ms))
}
