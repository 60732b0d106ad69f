-- Remembers where a player was sent with a token; of one player, a few tokens.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  client
-- ARGV[3]  tag of the token
-- ARGV[4]  server
-- ARGV[5]  the most tokens of a player
-- answers  1, or 0 when the token was known
if redis.call('EXISTS', base .. ':T:' .. ARGV[3]) == 1 then
    return 0
end
local player = base .. ':P:' .. ARGV[2]
redis.call('SET', base .. ':T:' .. ARGV[3], ARGV[2], 'PX', DAY)
redis.call('HSET', player, 't:' .. ARGV[3], text(micros) .. ' ' .. ARGV[4] .. ' 0')
keepPlayer(ARGV[2])
local tokens = {}
local all = redis.call('HGETALL', player)
for i = 1, #all, 2 do
    if string.sub(all[i], 1, 2) == 't:' then
        tokens[#tokens + 1] = {field = all[i], order = tonumber(string.match(all[i + 1], '^%d+'))}
    end
end
table.sort(tokens, function(a, b) return a.order < b.order end)
for i = 1, #tokens - tonumber(ARGV[5]) do
    redis.call('HDEL', player, tokens[i].field)
    redis.call('DEL', base .. ':T:' .. string.sub(tokens[i].field, 3))
end
return 1
