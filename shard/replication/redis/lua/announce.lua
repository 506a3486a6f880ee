-- Notes that a member lives, and tells of all members. The time is Redis's own.
--
-- KEYS  members
-- ARGV  name, incarnation, record, ttl in ms, forget after so many ms
-- answers nothing where another live process goes by this name, else for each member in turn:
--         record, ms since it was heard of, 1 where it is live
--
-- A value is: heard at (ms), 1 or 0 (has withdrawn), length of the incarnation, each with a space
-- behind it, then incarnation and record.

local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000)
local ttl, forgetAfter = tonumber(ARGV[4]), tonumber(ARGV[5])

local function valueOf(heardAt, isThere, incarnation, record)
  -- A number of this size would be written as 1e+12 without a format.
  return string.format('%.0f %s %d ', heardAt, isThere, #incarnation) .. incarnation .. record
end

local function read(name, value)
  local text, isThere, length, at = string.match(value, '^(%d+) ([01]) (%d+) ()')
  local recordAt = at + tonumber(length)
  local incarnation, record = string.sub(value, at, recordAt - 1), string.sub(value, recordAt)
  local heardAt = tonumber(text)
  if heardAt > now then
    -- The clock was set back, or that of the server before a failover was ahead: the silence counts
    -- from now.
    heardAt = now
    redis.call('HSET', KEYS[1], name, valueOf(now, isThere, incarnation, record))
  end
  return heardAt, isThere, incarnation, record
end

-- Refused when the memory is full, unlike record-snapshot.lua: who cannot write is not to be sent any writes.
local kept = redis.call('HGET', KEYS[1], ARGV[1])
if kept then
  local heardAt, isThere, incarnation = read(ARGV[1], kept)
  if incarnation ~= ARGV[2] and isThere == '1' and now - heardAt < ttl then
    return false
  end
end
redis.call('HSET', KEYS[1], ARGV[1], valueOf(now, '1', ARGV[2], ARGV[3]))

local answer = {}
local all = redis.call('HGETALL', KEYS[1])
for place = 1, #all, 2 do
  local heardAt, isThere, _, record = read(all[place], all[place + 1])
  local silent = now - heardAt
  if silent >= forgetAfter then
    redis.call('HDEL', KEYS[1], all[place])
  else
    answer[#answer + 1] = record
    answer[#answer + 1] = silent
    answer[#answer + 1] = (isThere == '1' and silent < ttl) and 1 or 0
  end
end
return answer
