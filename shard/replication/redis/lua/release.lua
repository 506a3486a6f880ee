-- Gives a lease back at once. The lease of somebody else, or of another epoch, stays.
--
-- KEYS  lease
-- ARGV  node:epoch

if redis.call('GET', KEYS[1]) == ARGV[1] then
  return redis.call('DEL', KEYS[1])
end
return 0
