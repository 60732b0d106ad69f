-- Gives a reservation back, unless another one has followed it.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  client
-- ARGV[3]  number of the reservation
-- answers  1 when it was there
if redis.call('HGET', base .. ':P:' .. ARGV[2], 'sn') == ARGV[3] then
    endSlot(ARGV[2])
    return 1
end
return 0
