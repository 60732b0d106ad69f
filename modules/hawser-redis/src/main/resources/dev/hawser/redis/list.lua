-- Tells of servers, by name.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  the one, or empty for all
-- ARGV[3]  behind which name to go on, empty for the beginning
-- ARGV[4]  how many at most
-- answers  {next, servers}: next is empty at the end; of a server what listed() in registry.lua answers
if ARGV[2] ~= '' then
    return {'', serverOf(ARGV[2]) and {listed(ARGV[2])} or {}}
end
local from = ARGV[3] == '' and '-' or '(' .. ARGV[3]
local ids = redis.call('ZRANGEBYLEX', base .. ':L', from, '+', 'LIMIT', 0, tonumber(ARGV[4]))
local servers = {}
for _, id in ipairs(ids) do
    if serverOf(id) then
        servers[#servers + 1] = listed(id)
    end
end
return {#ids == tonumber(ARGV[4]) and ids[#ids] or '', servers}
