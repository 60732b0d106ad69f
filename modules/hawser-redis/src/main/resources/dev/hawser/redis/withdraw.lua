-- A start of a server leaves. Does nothing when another start has the name, or when this one was overtaken.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  start, empty for any
-- ARGV[4]  sequence, 0 where it does not say
-- answers  1 when the server is forgotten
handleTimeout()
local id, start, seq = ARGV[2], ARGV[3], tonumber(ARGV[4])
local has = redis.call('HGET', base .. ':S:' .. id, 'start')
local names = base .. ':N:' .. id
local said = start ~= '' and redis.call('HGET', names, start)
if said then
    local heard, sequence, drain, address = string.match(said, '^%a (%d+) (%d+) (%d) (.*)$')
    if seq ~= 0 and tonumber(sequence) ~= 0 and seq < tonumber(sequence) then
        return 0
    end
    redis.call('HSET', names, start, 'W ' .. text(now) .. ' ' .. text(math.max(seq, tonumber(sequence))) .. ' ' ..
        drain .. ' ' .. address)
elseif has and start ~= '' then
    -- It leaves before its announcement has come, which is not to bring it back.
    redis.call('HSET', names, start, 'W ' .. text(now) .. ' ' .. text(seq) .. ' 0 -')
end
if not has or (start ~= '' and has ~= '' and has ~= start) then
    return 0
end
if start == '' then
    redis.call('DEL', names)
end
drop(id)
return 1
