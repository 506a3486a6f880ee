-- Appends one batch, or says why not. The order of the tests is that of refuseAppend in
-- shard/replication/log-rules.ts.
--
-- KEYS  lease, log
-- ARGV  node:epoch, epoch, previous position, first sequence, then the payloads
-- answers {outcome}, or {'gap', last position}
--
-- The epochs in the ids alone would fence a paused primary. The lease is tested because a failover
-- may take the barrier back, and the previous position because after one a bare XADD would land
-- behind a hole.

local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local last = newest[1] and newest[1][1] or '0-0'
local lastEpoch, lastSequence = string.match(last, '^(%d+)-(%d+)$')
lastEpoch, lastSequence = tonumber(lastEpoch), tonumber(lastSequence)
local epoch, first = tonumber(ARGV[2]), tonumber(ARGV[4])
local payloadsAt = 5

if lastEpoch > epoch then
  return { 'fenced' }
end
if lastEpoch == epoch and lastSequence >= first + #ARGV - payloadsAt then
  return { 'duplicate' }
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'no-lease' }
end
if last ~= ARGV[3] then
  return { 'gap', last }
end
for at = payloadsAt, #ARGV do
  local sequence = string.format('%.0f', first + at - payloadsAt)
  redis.call('XADD', KEYS[2], ARGV[2] .. '-' .. sequence, 'd', ARGV[at])
end
return { 'appended' }
