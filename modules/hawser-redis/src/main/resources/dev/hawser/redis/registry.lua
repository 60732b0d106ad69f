-- The beginning of every script of the registry: what they have in common.
--
-- KEYS[1]  what all keys of the registry begin with, up to and with the hash tag: <prefix>:1:{servers}
-- ARGV[1]  milliseconds that a test adds to the time
--
-- Behind KEYS[1] stand
--   :S:<server>           hash: what the server said (addr iaddr, cpub cint: the same without mapped IPv4, region
--                         proto max free keys life hashes wt ws start), and silentAt heard (ms), timeout (ms), gen (this stay of it), reserved (slots held
--                         that must be free), drain (1 or 0), told (a counter for :C:)
--   :C:<server>           zset: clients that are connected, by when it said so; no more than it has
--   :N:<server>           hash: start -> "state heard seq drain address", states H (had the name last), F (had it
--                         before), R (was refused it), W (withdrew), O (of long ago); see announce.lua
--   :P:<client>           hash: its slot (sv server, sg its gen, sx expiry, so 1 when it is the player's already, sn
--                         number), where it is connected (av, ag), tokens (t:<tag> -> "order server left")
--   :T:<tag>              the client of a token
--   :O:<proto>            zset: servers that have room, by -room; :O:<proto>:<region> those of a region
--   :Q                    zset: servers, by when they are silent
--   :L                    zset: servers, by name
--   :E                    zset: clients that have a slot, by its expiry
--   :K:<server>           "start ms": which start asked for an admission last
--   :Y:<server>:<start>   zset: "client connection" of those who are present there
--   :X:<server>:<start>   zset: commands that wait, by id
--
-- Numbers never pass through Lua where they may have more than 53 bits: ids are 16 or 32 hexadecimal digits. A number
-- becomes text by text(), since .. rounds to 14 digits.
local base = KEYS[1]
local time = redis.call('TIME')
local micros = time[1] * 1000000 + time[2]
local now = math.floor(micros / 1000) + tonumber(ARGV[1])

-- Of each kind so many late ones go in one call, so that no call takes long; whoever needs all of them gone asks again.
local LATE_MAX = 64
local DAY = 86400000

local function text(number)
    return string.format('%.0f', number)
end

-- A server as a table, or nil when it is gone, or silent and about to go.
local function serverOf(id)
    local f = redis.call('HMGET', base .. ':S:' .. id, 'gen', 'silentAt', 'free', 'reserved', 'proto', 'region',
        'drain', 'max', 'keys', 'life', 'cint', 'cpub', 'start')
    if not f[1] then
        return nil
    end
    if tonumber(f[2]) <= now then
        return nil
    end
    return {
        id = id, gen = f[1], silentAt = tonumber(f[2]), room = tonumber(f[3]) - tonumber(f[4]), proto = f[5],
        region = f[6], drain = f[7] == '1', taken = tonumber(f[8]) - tonumber(f[3]), keys = f[9],
        life = tonumber(f[10]), internal = f[11], public = f[12], start = f[13],
    }
end

-- Takes a server out of the order, before anything about it changes that the order goes by.
local function unplace(id)
    local f = redis.call('HMGET', base .. ':S:' .. id, 'proto', 'region')
    if f[1] then
        redis.call('ZREM', base .. ':O:' .. f[1], id)
        redis.call('ZREM', base .. ':O:' .. f[1] .. ':' .. f[2], id)
    end
end

-- Puts a server where it belongs in the order.
local function place(id)
    local f = redis.call('HMGET', base .. ':S:' .. id, 'proto', 'region', 'free', 'reserved', 'drain')
    if not f[1] then
        return
    end
    local room = tonumber(f[3]) - tonumber(f[4])
    local all = base .. ':O:' .. f[1]
    local near = all .. ':' .. f[2]
    if room > 0 and f[5] ~= '1' then
        redis.call('ZADD', all, -room, id)
        redis.call('ZADD', near, -room, id)
    else
        redis.call('ZREM', all, id)
        redis.call('ZREM', near, id)
    end
end

local function isStay(server, gen)
    return redis.call('HGET', base .. ':S:' .. server, 'gen') == gen
end

local function keepPlayer(client, untilMs)
    local ms = DAY
    if untilMs and untilMs - now > DAY then
        ms = untilMs - now
    end
    redis.call('PEXPIRE', base .. ':P:' .. client, text(ms + 3600000))
end

-- Ends the slot of a client, and says what it was: nil for none.
local function endSlot(client)
    local key = base .. ':P:' .. client
    redis.call('ZREM', base .. ':E', client)
    local f = redis.call('HMGET', key, 'sv', 'sg', 'sx', 'so', 'sn')
    if not f[1] then
        return nil
    end
    redis.call('HDEL', key, 'sv', 'sg', 'sx', 'so', 'sn')
    if not isStay(f[1], f[2]) then
        return nil
    end
    if f[4] == '0' then
        redis.call('HINCRBY', base .. ':S:' .. f[1], 'reserved', -1)
        place(f[1])
    end
    return {server = f[1], gen = f[2], expires = tonumber(f[3]), own = f[4], number = f[5]}
end

local function hold(client, slot)
    redis.call('HSET', base .. ':P:' .. client, 'sv', slot.server, 'sg', slot.gen, 'sx', text(slot.expires), 'so',
        slot.own, 'sn', slot.number)
    redis.call('ZADD', base .. ':E', text(slot.expires), client)
    keepPlayer(client, slot.expires)
    if slot.own == '0' then
        redis.call('HINCRBY', base .. ':S:' .. slot.server, 'reserved', 1)
        place(slot.server)
    end
end

-- Forgets a server. What players have of it ends by its gen, so nothing is walked here.
local function drop(id)
    unplace(id)
    redis.call('ZREM', base .. ':Q', id)
    redis.call('ZREM', base .. ':L', id)
    local start = redis.call('HGET', base .. ':S:' .. id, 'start')
    if start then
        redis.call('UNLINK', base .. ':X:' .. id .. ':' .. start)
    end
    redis.call('UNLINK', base .. ':S:' .. id, base .. ':C:' .. id)
end

-- Drops what is late. Says whether there may be more of it.
local function handleTimeout()
    local slots = redis.call('ZRANGEBYSCORE', base .. ':E', '-inf', text(now), 'LIMIT', 0, LATE_MAX)
    for _, client in ipairs(slots) do
        endSlot(client)
    end
    local servers = redis.call('ZRANGEBYSCORE', base .. ':Q', '-inf', text(now), 'LIMIT', 0, LATE_MAX)
    for _, id in ipairs(servers) do
        drop(id)
    end
    return #slots == LATE_MAX or #servers == LATE_MAX
end

-- Whether a start of a server is the one that counts: the live one, or one that nobody has told the registry of and
-- that has asked for an admission not long ago.
local function isLive(id, start, timeout)
    local server = serverOf(id)
    if server then
        return server.start == start or start == '' or server.start == ''
    end
    local said = redis.call('HGET', base .. ':N:' .. id, start == '' and '@' or start)
    if said and string.sub(said, 1, 1) == 'W' then
        return false
    end
    local asked = redis.call('GET', base .. ':K:' .. id)
    if not asked then
        return false
    end
    local last, at = string.match(asked, '^(%S*) (%d+)$')
    return last == start and tonumber(at) + timeout > now
end

-- What is told of a server, in the order in which StoredServer reads it.
local function listed(id)
    local f = redis.call('HMGET', base .. ':S:' .. id, 'addr', 'iaddr', 'region', 'proto', 'max', 'free', 'keys',
        'life', 'hashes', 'wt', 'ws', 'start', 'seq', 'reserved', 'drain', 'heard')
    return {id, f[1], f[2], f[3], f[4], f[5], f[6], f[7], f[8], f[9], f[10], f[11], f[12], f[13], f[14], f[15],
        text(math.max(0, math.floor((now - tonumber(f[16])) / 1000)))}
end
