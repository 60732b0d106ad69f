-- Bans a player, in place of a former ban.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- ARGV[2]  until, in Unix seconds; more than 253402300799, the last of the year 9999, for ever
-- ARGV[3]  why
-- answers  the presence at that moment, or ''
local ends = tonumber(ARGV[2])
redis.call('SET', base .. ':b', ARGV[2] .. ' ' .. ARGV[3])
if ends <= 253402300799 then
    -- In the past it is gone at once, which is right.
    redis.call('PEXPIREAT', base .. ':b', text(ends * 1000 + GARBAGE))
end
local present = presence()
return present and present.said or ''
