-- A copy of a snapshot counts no longer; a snapshot without any is forgotten.
--
-- KEYS  snapshots, as in record-snapshot.lua
-- ARGV  position, holder

redis.call('HDEL', KEYS[1], ARGV[1] .. ' ' .. ARGV[2])
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
  if string.match(all[place], '^(%S+) ') == ARGV[1] then
    return 0
  end
end
return redis.call('HDEL', KEYS[1], ARGV[1])
