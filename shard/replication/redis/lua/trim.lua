-- Removes the entries up to and including a position, but never the last one, and notes up to where:
-- XTRIM itself leaves no trace that a reader could notice.
--
-- KEYS  log, trimmed
-- ARGV  position
-- answers the number of removed entries

local newest = redis.call('XREVRANGE', KEYS[1], '+', '-', 'COUNT', 1)[1]
if not newest then
  return 0
end
local kept = redis.call('XRANGE', KEYS[1], '(' .. ARGV[1], '+', 'COUNT', 1)[1] or newest
local removed = redis.call('XREVRANGE', KEYS[1], '(' .. kept[1], '-', 'COUNT', 1)[1]
if not removed then
  return 0
end
-- In this order: a Redis whose memory is full refuses a SET as the first write of a script, and this
-- is what makes room there.
local count = redis.call('XTRIM', KEYS[1], 'MINID', kept[1])
redis.call('SET', KEYS[2], removed[1])
return count
