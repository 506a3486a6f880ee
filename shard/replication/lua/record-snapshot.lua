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
-- Redis refuses the first write of a script when its memory is full, and none after it: so this one is
-- made before anything is removed.
redis.call('HSET', key, holder, '')
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
