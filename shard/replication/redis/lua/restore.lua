-- Writes entries again that were acknowledged once and that Redis has lost, under a new epoch. Each
-- names the positions it had before, so that readers who have it already can skip it.
--
-- KEYS  lease, log
-- ARGV  node:epoch, epoch, previous position, first sequence,
--       then for each entry: earlier positions, 'd' (payload) or 'b' (barrier), payload or position
-- answers {outcome}, or {'gap', last position}, as append.lua does

local newest = redis.call('XREVRANGE', KEYS[2], '+', '-', 'COUNT', 1)
local last = newest[1] and newest[1][1] or '0-0'
local lastEpoch, lastSequence = string.match(last, '^(%d+)-(%d+)$')
lastEpoch, lastSequence = tonumber(lastEpoch), tonumber(lastSequence)
local epoch, first = tonumber(ARGV[2]), tonumber(ARGV[4])
local count = (#ARGV - 4) / 3

if lastEpoch > epoch then
  return { 'fenced' }
end
if lastEpoch == epoch and lastSequence >= first + count - 1 then
  return { 'duplicate' }
end
if redis.call('GET', KEYS[1]) ~= ARGV[1] then
  return { 'no-lease' }
end
if last ~= ARGV[3] then
  return { 'gap', last }
end
for place = 0, count - 1 do
  local at = 5 + 3 * place
  local id = ARGV[2] .. '-' .. string.format('%.0f', first + place)
  redis.call('XADD', KEYS[2], id, 'r', ARGV[at], ARGV[at + 1], ARGV[at + 2])
end
return { 'appended' }
