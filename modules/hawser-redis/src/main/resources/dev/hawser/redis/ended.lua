-- A connection is over: who is present by it is not any more. If nobody is, its end is remembered, for the question
-- that it has overtaken.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- ARGV[2]  server/start
-- ARGV[3]  connection
-- ARGV[4]  how long the end is remembered, in ms
-- answers  1 when the player was present by it
local present = presence()
if present and present.server == ARGV[2] and present.connection == ARGV[3] then
    redis.call('DEL', base .. ':p')
    return 1
end
redis.call('SET', base .. ':r:' .. ARGV[3], text(now + tonumber(ARGV[4])), 'PX', text(ARGV[4] + GARBAGE))
return 0
