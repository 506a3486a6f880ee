-- Takes the lease of a partition, raises its epoch and writes the barrier that closes the log to
-- every earlier epoch.
--
-- KEYS  lease, epoch, log
-- ARGV  node, ttl in ms, highest epoch that the caller has seen
-- answers {0, holder, remaining ms} or {1, epoch, last position before the barrier}
--
-- The epoch's value is: epoch, life, node of the last reign, with a space between them. A life is what runs from
-- one restart or failover of this server to the next: asked here, so that all callers mean the same one.

local lease = redis.call('GET', KEYS[1])
if lease then
  local holder = string.match(lease, '^(.*):%d+$')
  if holder ~= ARGV[1] then
    return { 0, holder or lease, redis.call('PTTL', KEYS[1]) }
  end
end

local function fact(section, name)
  return string.match(redis.call('INFO', section), name .. ':(%x+)') or ''
end
local life = redis.sha1hex(fact('server', 'run_id') .. fact('replication', 'master_replid'))
-- More than there are reigns in what a failover can lose. Another number for each life, so that two that go on from
-- the same place do not give one epoch twice, to callers who saw nothing of each other.
local leftOutInLife = 1000 + tonumber(string.sub(life, 1, 4), 16)

local newest = redis.call('XREVRANGE', KEYS[3], '+', '-', 'COUNT', 1)
local last = newest[1] and newest[1][1] or '0-0'
-- A server that was restarted, or a replica that took over, may have lost reigns that readers know.
-- Their epochs must not come again for something else: so the first reign of each life leaves some out, and
-- so does one where the counter is lost as well, by a caller who has seen a reign.
local counted = redis.call('GET', KEYS[2])
local counter, formerLife, former = string.match(counted or '0', '^(%d+) ?(%S*) ?(.*)$')
local isOtherLife = counted and formerLife ~= life
local isCounterLost = not counted and tonumber(ARGV[3]) > 0
local left = (isOtherLife or isCounterLost) and leftOutInLife or 0
local ofLast = tonumber(string.match(last, '^(%d+)-'))
local reached = math.max(tonumber(counter) + left, ofLast + left)

-- It may also have lost entries, which the node of the last reign knows best, and maybe nobody else: it
-- goes first, and the others wait as if its lease had just been prolonged.
if isOtherLife and not lease and former ~= '' and former ~= ARGV[1] then
  redis.call('SET', KEYS[2], string.format('%.0f %s %s', reached, life, former))
  redis.call('SET', KEYS[1], former .. ':' .. counter, 'PX', ARGV[2])
  return { 0, former, tonumber(ARGV[2]) }
end

-- A number of this size would be written as 1e+15 without a format.
local epoch = string.format('%.0f', math.max(reached, tonumber(ARGV[3])) + 1)

-- Redis refuses the first write of a script when its memory is full and it may take more, and none after
-- it: so either all of these happen or none.
redis.call('XADD', KEYS[3], epoch .. '-1', 'b', last, 'n', ARGV[1])
redis.call('SET', KEYS[2], epoch .. ' ' .. life .. ' ' .. ARGV[1])
redis.call('SET', KEYS[1], ARGV[1] .. ':' .. epoch, 'PX', ARGV[2])
return { 1, epoch, last }
