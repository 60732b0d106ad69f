-- A start of a server admits players: they are in its list before they are admitted, so that nobody is missing there.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  start
-- ARGV[4]  how long a start that nobody has told the registry of counts, in ms
-- then     client and connection, as one word
-- answers  1
redis.call('SET', base .. ':K:' .. ARGV[2], ARGV[3] .. ' ' .. text(now), 'PX', text(ARGV[4] + DAY))
local list = base .. ':Y:' .. ARGV[2] .. ':' .. ARGV[3]
for i = 5, #ARGV do
    redis.call('ZADD', list, 0, ARGV[i])
end
redis.call('PEXPIRE', list, text(DAY))
return 1
