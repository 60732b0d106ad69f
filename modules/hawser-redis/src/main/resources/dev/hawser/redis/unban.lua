-- Ends a ban.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- answers  1 when the player was banned, else 0
local ends = ban()
redis.call('DEL', base .. ':b')
return ends and 1 or 0
