-- Offers the present start of a server to nobody any more.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- answers  {start}, or {} when the server is not known
handleTimeout()
local server = serverOf(ARGV[2])
if not server then
    return {}
end
redis.call('HSET', base .. ':S:' .. ARGV[2], 'drain', '1')
place(ARGV[2])
local names = base .. ':N:' .. ARGV[2]
local all = redis.call('HGETALL', names)
for i = 1, #all, 2 do
    if string.sub(all[i + 1], 1, 1) == 'H' then
        local before, after = string.match(all[i + 1], '^(H %d+ %d+) %d (.*)$')
        redis.call('HSET', names, all[i], before .. ' 1 ' .. after)
    end
end
return {server.start}
