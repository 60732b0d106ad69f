-- A game server asks whether to seat who has shown a token.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- ARGV[2]  tag of the token
-- ARGV[3]  connection
-- ARGV[4]  server/start
-- ARGV[5]  when the token expires, in Unix seconds
-- ARGV[6]  the longest lifetime of tokens, in s
-- ARGV[7]  the presence that this one may take the place of, since it is over or its kick is queued; empty for none
-- answers  {'A', connection, the former presence or ''} admitted; {'U'} used up; {'X'} expired; {'B', until, why}
--          banned; {'K', presence} nothing has happened: queue the kick of that presence, and ask again with it
local tag, connection, server = ARGV[2], ARGV[3], ARGV[4]
local expiresAt, lifetime = tonumber(ARGV[5]), tonumber(ARGV[6])

local said = mark(tag)
if said and said.server ~= server then
    return {'U'}
end
if said then
    local kind, rest = string.match(said.answer, '^(%a) ?(.*)$')
    if kind == 'A' then
        return {'A', rest, ''}
    elseif kind == 'B' then
        local ends, why = string.match(rest, '^(%d+) (.*)$')
        return {'B', ends, why}
    end
    return {'U'}
end
if isExpired(expiresAt, lifetime) then
    return {'X'}
end
if hasEnded(connection) then
    setMark(tag, server, lifetime, 'U')
    return {'U'}
end
local ends, why = ban()
if ends then
    setMark(tag, server, lifetime, 'B ' .. ends .. ' ' .. why)
    return {'B', ends, why}
end
local former = presence()
if former and former.server ~= server and former.said ~= ARGV[7] then
    return {'K', former.said}
end
if former and former.server == server and former.connection > connection then
    -- Connections of one start rise: this question has been overtaken.
    setMark(tag, server, lifetime, 'U')
    return {'U'}
end
setMark(tag, server, lifetime, 'A ' .. connection)
setPresence(server, connection)
return {'A', connection, former and former.said or ''}
