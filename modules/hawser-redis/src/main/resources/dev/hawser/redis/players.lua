-- Tells who is in the list of a server's present start.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  how long a start that nobody has told the registry of counts, in ms
-- ARGV[4]  behind whom to go on, empty for the beginning
-- ARGV[5]  how many at most
-- answers  {start, words of client and connection}; {} when no such server is known
local server = serverOf(ARGV[2])
local start
if server then
    start = server.start
else
    start = string.match(redis.call('GET', base .. ':K:' .. ARGV[2]) or '', '^(%S*) %d+$')
    if not start or not isLive(ARGV[2], start, tonumber(ARGV[3])) then
        return {}
    end
end
local from = ARGV[4] == '' and '-' or '(' .. ARGV[4]
return {start, redis.call('ZRANGEBYLEX', base .. ':Y:' .. ARGV[2] .. ':' .. start, from, '+', 'LIMIT', 0,
    tonumber(ARGV[5]))}
