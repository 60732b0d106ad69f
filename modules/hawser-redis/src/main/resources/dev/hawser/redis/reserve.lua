-- Chooses servers for a player and keeps a slot at the first: those of the protocol that have room, share a key and
-- accept tokens of this lifetime; those of the region first, then by room, then by name. Who goes on with a connection
-- is sent to the server that has it before all others, and needs no free slot; nor does who is connected at a full one.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  client
-- ARGV[3]  protocol, 16 digits
-- ARGV[4]  region, empty for any
-- ARGV[5]  keys, newest first, each 16 digits, with commas
-- ARGV[6]  the most servers
-- ARGV[7]  lifetime of the token in s
-- ARGV[8]  tag of the token whose connection the player goes on with, or empty
-- ARGV[9]  where to go on: 1 for the region's servers or 2 for all, a colon, how many of them were looked at
-- answers  {'R', number, key, servers}, of each server what list.lua answers; {'N'} nobody has room; {'C', where} to go
--          on there: so many servers did not fit that a step alone would take too long
local client, proto, region = ARGV[2], ARGV[3], ARGV[4]
local serversMax, lifetime, resumes = tonumber(ARGV[6]), tonumber(ARGV[7]), ARGV[8]
local LOOKS_MAX = 256
-- A fallback that is not among so many behind the first server is none.
local FALLBACK_LOOKS_MAX = 64

local mayBeMore = handleTimeout()
local former = endSlot(client)
local player = base .. ':P:' .. client

local function list(keys)
    local all = {}
    for key in string.gmatch(keys, '[^,]+') do
        all[#all + 1] = key
    end
    return all
end

local function shared(keys, server)
    local both = {}
    for _, key in ipairs(keys) do
        if string.find(server.keys, key, 1, true) then
            both[#both + 1] = key
        end
    end
    return both
end

local keys = list(ARGV[5])
local function fits(server)
    return not server.drain and server.proto == proto and (server.life == 0 or lifetime <= server.life)
        and #shared(keys, server) > 0
end

-- Where the player has been. own: where he needs no free slot; home: what has the connection that he goes on with.
-- isThere: whether a server has said that he is at his own; else it is reserved for him, and counts.
local own, home
local isThere = true
local at = redis.call('HMGET', player, 'av', 'ag')
local connected = at[1] and serverOf(at[1]) or nil
if connected and connected.gen ~= at[2] then
    connected = nil
end
if resumes == '' then
    if connected and connected.room <= 0 then
        own = connected
    end
else
    local sent = redis.call('GET', base .. ':T:' .. resumes) == client and redis.call('HGET', player, 't:' .. resumes)
    local order, server, how
    if sent then
        order, server, how = string.match(sent, '^(%d+) (%S+) (%d)$')
        redis.call('HSET', player, 't:' .. resumes, text(micros) .. ' ' .. server .. ' ' .. how)
        redis.call('PEXPIRE', base .. ':T:' .. resumes, DAY)
        keepPlayer(client)
    end
    local last = sent and serverOf(server) or nil
    if sent and how ~= '1' then
        home = last
        isThere = how == '2' or last and connected and connected.id == last.id
        if isThere or last and former and former.server == last.id then
            own = last
        end
    elseif connected then
        own, home = connected, connected
    else
        home = last
    end
end

local all = base .. ':O:' .. proto
local near = all .. ':' .. region
local looks = 0

-- Whoever asks again may be on the way to where it was sent before, so it is sent there again, unless it had to go to
-- another region and has not any longer.
local function staysAt(server)
    if not fits(server) or (server.room <= 0 and not (own and server.id == own.id)) then
        return false
    end
    if region == '' or server.region == region then
        return true
    end
    for _, id in ipairs(redis.call('ZRANGE', near, 0, FALLBACK_LOOKS_MAX - 1)) do
        local other = serverOf(id)
        if other and fits(other) then
            return false
        end
    end
    return true
end

local best
if home and (own and home.id == own.id or home.room > 0) and fits(home) then
    best = home
else
    local before = own
    if former then
        before = serverOf(former.server)
    end
    if before and staysAt(before) then
        best = before
    end
end
if not (best and former and best.id == former.server) then
    -- Below the order is read. Whoever stays where he was sent takes the slot that he has just given back, and of that
    -- server nothing is read from the order.
    placeMoved()
end

local chosen, common = {}, keys
local function consider(server)
    local both = shared(common, server)
    if #both == 0 then
        return
    end
    for _, other in ipairs(chosen) do
        if other.internal == server.internal or other.public == server.public then
            return
        end
    end
    chosen[#chosen + 1] = server
    common = both
end

-- Looks at servers in their order. Says where to go on when it has looked at too many without a choice.
local function walk(order, from, isFar)
    -- Most players need no more than the first few.
    local rank, behind, part = from, 0, serversMax + 1
    while true do
        local ids = redis.call('ZRANGE', order, rank, rank + part - 1)
        for _, id in ipairs(ids) do
            if #chosen >= serversMax or behind >= FALLBACK_LOOKS_MAX then
                return nil
            end
            if looks >= LOOKS_MAX then
                return #chosen == 0 and rank or nil
            end
            looks = looks + 1
            rank = rank + 1
            if #chosen > 0 then
                behind = behind + 1
            end
            local server = serverOf(id)
            if server and not (best and id == best.id) and not (isFar and server.region == region)
                and fits(server) then
                consider(server)
            end
        end
        if #ids < part then
            return nil
        end
        part = 16
    end
end

local function goOn(where)
    if former then
        hold(client, former)
        placeMoved()
    end
    return {'C', where}
end

if best then
    consider(best)
end
local stage, from = string.match(ARGV[9], '^(%d):(%d+)$')
from = tonumber(from)
if stage == '1' and region ~= '' then
    local rank = walk(near, from, false)
    if rank then
        return goOn('1:' .. text(rank))
    end
    from = 0
end
local rank = walk(all, from, region ~= '')
if rank then
    return goOn('2:' .. text(rank))
end
if own and own.room <= 0 and not (best and own.id == best.id) and #chosen < serversMax and fits(own) then
    consider(own)
end
if #chosen == 0 then
    if mayBeMore then
        return goOn(ARGV[9])
    end
    if former then
        hold(client, former)
        placeMoved()
    end
    return {'N'}
end

local number = text(micros)
hold(client, {
    server = chosen[1].id, gen = chosen[1].gen, expires = now + lifetime * 1000,
    own = own and isThere and own.id == chosen[1].id and '1' or '0', number = number,
})
placeMoved()
local servers = {}
for i, server in ipairs(chosen) do
    servers[i] = listed(server.id)
end
return {'R', number, common[1], servers}
