-- Prolongs leases, any number of them in one call.
--
-- KEYS  lease and log of each partition in turn
-- ARGV  node, ttl in ms, then epoch and last known position (epoch and sequence) of each partition
-- answers the places, counted from 1, of those that are no longer held
--
-- A log that ends before what its holder knows has lost entries (a failover, a torn file). Its lease
-- counts as lost too: the holder acquires anew and writes again what is missing.

local lost = {}
for place = 1, #KEYS / 2 do
  local at = 3 * place
  local epoch = ARGV[at]
  local isHeld = redis.call('GET', KEYS[2 * place - 1]) == ARGV[1] .. ':' .. epoch
  if isHeld then
    local newest = redis.call('XREVRANGE', KEYS[2 * place], '+', '-', 'COUNT', 1)
    local last = newest[1] and newest[1][1] or '0-0'
    local lastEpoch, lastSequence = string.match(last, '^(%d+)-(%d+)$')
    lastEpoch, lastSequence = tonumber(lastEpoch), tonumber(lastSequence)
    local knownEpoch, knownSequence = tonumber(ARGV[at + 1]), tonumber(ARGV[at + 2])
    isHeld = lastEpoch > knownEpoch or (lastEpoch == knownEpoch and lastSequence >= knownSequence)
  end
  if isHeld then
    redis.call('PEXPIRE', KEYS[2 * place - 1], ARGV[2])
  else
    lost[#lost + 1] = place
  end
end
return lost
