-- Puts a command behind those that wait for a start of a server, unless the same one waits already.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  start
-- ARGV[4]  the command
-- ARGV[5]  the most that waits
-- answers  how many were pushed out
local list = base .. ':X:' .. ARGV[2] .. ':' .. ARGV[3]
local server = serverOf(ARGV[2])
local isOver
if server then
    isOver = ARGV[3] ~= '' and server.start ~= '' and server.start ~= ARGV[3]
else
    -- The registry knows it from before.
    isOver = ARGV[3] ~= '' and redis.call('HEXISTS', base .. ':N:' .. ARGV[2], ARGV[3]) == 1
end
if isOver then
    return 0
end
if redis.call('ZSCORE', list, ARGV[4]) then
    return 0
end
-- Ids grow, and none comes twice, also when the list was empty for a while.
local id = micros
local last = redis.call('ZRANGE', list, -1, -1, 'WITHSCORES')
if last[2] and tonumber(last[2]) >= id then
    id = tonumber(last[2]) + 1
end
redis.call('ZADD', list, text(id), ARGV[4])
redis.call('PEXPIRE', list, text(DAY))
local surplus = redis.call('ZCARD', list) - tonumber(ARGV[5])
if surplus > 0 then
    redis.call('ZPOPMIN', list, surplus)
    return surplus
end
return 0
