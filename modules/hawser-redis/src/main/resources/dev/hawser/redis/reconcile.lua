-- A game server says who is connected there.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- ARGV[2..6]  as in admit.lua
-- ARGV[7]     the presence that does not count, since its server is gone; empty for none
-- answers     {'P'} present; {'S'} over, the server ends the connection; {'K', presence} nothing has happened: see
--             whether the server of that presence is alive, and if not ask again with it
local tag, connection, server = ARGV[2], ARGV[3], ARGV[4]
local expiresAt, lifetime = tonumber(ARGV[5]), tonumber(ARGV[6])

local said = mark(tag)
if said and said.server ~= server then
    return {'S'}
end
if ban() or hasEnded(connection) then
    return {'S'}
end
local former = presence()
if former and former.server == server then
    if former.connection > connection then
        return {'S'}
    end
elseif former and former.said ~= ARGV[7] then
    return {'K', former.said}
end
if not said and not isExpired(expiresAt, lifetime) then
    setMark(tag, server, lifetime, 'A ' .. connection)
end
if not former or former.server ~= server or former.connection ~= connection then
    setPresence(server, connection)
end
return {'P'}
