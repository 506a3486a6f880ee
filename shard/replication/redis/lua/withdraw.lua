-- Notes that a member goes. What another process says under the same name stays.
--
-- KEYS  members
-- ARGV  name, incarnation
--
-- announce.lua says how a value looks.

local value = redis.call('HGET', KEYS[1], ARGV[1])
if not value then
  return 0
end
local heardAt, length, at = string.match(value, '^(%d+) [01] (%d+) ()')
local incarnation = string.sub(value, at, at + tonumber(length) - 1)
if incarnation ~= ARGV[2] then
  return 0
end
redis.call('HSET', KEYS[1], ARGV[1], heardAt .. ' 0 ' .. length .. ' ' .. string.sub(value, at))
return 1
