-- Says that a client id stands for a player. Asked again it answers the same.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- ARGV[2]  the player, as a hash
-- ARGV[3]  how long it is remembered from the last claim on, in ms
-- answers  1 when it stands for this player, 0 when for another one
local known = redis.call('GET', base .. ':c')
if known and known ~= ARGV[2] then
    return 0
end
redis.call('SET', base .. ':c', ARGV[2], 'PX', ARGV[3])
return 1
