-- Notes that somebody has a verified copy of a snapshot, and forgets the oldest ones. The rules are those
-- of shard/replication/snapshot-rules.ts.
--
-- KEYS  snapshots: a hash of POSITION -> "BYTES SHA256", and of "POSITION HOLDER" -> ''
-- ARGV  position, "BYTES SHA256", holder, how many to keep
-- answers how many there were with this one

local key, position, record = KEYS[1], ARGV[1], ARGV[2]
local holder = position .. ' ' .. ARGV[3]

-- The names and the values in turn.
local function fields()
  return redis.call('HGETALL', key)
end

local function remove(gone)
  local all = fields()
  for place = 1, #all, 2 do
    if string.match(all[place], '^%S+') == gone then
      redis.call('HDEL', key, all[place])
    end
  end
end

local known = redis.call('HGET', key, position)
-- A log can be trimmed only behind snapshots that are recorded here, so this has to work when the memory
-- is full: it is what makes room. Redis then refuses a command that may take memory (HSET), unless the
-- script has run one that writes before; that one itself passes if it can only give memory back. So the
-- first one removes a field that there never is. Redis 6.2 has the same rule, and every later one for
-- scripts that do not begin with `#!`, which would be refused as a whole.
redis.call('HDEL', key, '')
if known and known ~= record then
  -- Other bytes than before: the copies of those are no copies of this one.
  remove(position)
end
redis.call('HSET', key, position, record, holder, '')

local positions = {}
local all = fields()
for place = 1, #all, 2 do
  local epoch, sequence = string.match(all[place], '^(%d+)-(%d+)$')
  if epoch then
    positions[#positions + 1] = { all[place], tonumber(epoch), tonumber(sequence) }
  end
end
table.sort(positions, function(left, right)
  if left[2] ~= right[2] then
    return left[2] > right[2]
  end
  return left[3] > right[3]
end)
for place = tonumber(ARGV[4]) + 1, #positions do
  remove(positions[place][1])
end
return #positions
