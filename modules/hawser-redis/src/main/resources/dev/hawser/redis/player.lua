-- The beginning of every script about one player: what they have in common.
--
-- KEYS[1]  what all keys of the player begin with, up to and with the hash tag: <prefix>:1:{<client id>}
-- ARGV[1]  milliseconds that a test adds to the time
--
-- Behind KEYS[1] stand
--   :p         where the player is: "server/start connection since", in Unix seconds
--   :m:<tag>   the answer to who asked with this token: "until server/start answer", in ms; answers are A (admitted) and
--              the connection, U (used), B (banned), until when and why
--   :r:<conn>  until when, in ms, the end of this connection is remembered
--   :b         ban: "until why", in Unix seconds
--   :c         for whom the client id stands, as a hash
--
-- What ends says when, and is deleted by the store some time after: so the time of a test counts too.
local base = KEYS[1]
local time = redis.call('TIME')
local now = time[1] * 1000 + math.floor(time[2] / 1000) + tonumber(ARGV[1])
local GARBAGE = 60000

local function text(number)
    return string.format('%.0f', number)
end

local function presence()
    local said = redis.call('GET', base .. ':p')
    if not said then
        return nil
    end
    local server, connection, since = string.match(said, '^(%S+) (%x+) (%d+)$')
    return {said = said, server = server, connection = connection, since = since}
end

-- A month: a server that has crashed ends the presences of its players, but nobody deletes them.
local function setPresence(server, connection)
    redis.call('SET', base .. ':p', server .. ' ' .. connection .. ' ' .. text(math.floor(now / 1000)), 'PX', 2592000000)
end

-- Of the ban that is not over: until when, and why; nil for none. Seconds may have more than 53 bits, for ever.
local function ban()
    local said = redis.call('GET', base .. ':b')
    if not said then
        return nil
    end
    local ends, why = string.match(said, '^(%d+) (.*)$')
    if tonumber(ends) * 1000 <= now then
        return nil
    end
    return ends, why
end

-- Who asked with a token, and what the answer was; nil for nobody.
local function mark(tag)
    local said = redis.call('GET', base .. ':m:' .. tag)
    if not said then
        return nil
    end
    local ends, server, answer = string.match(said, '^(%d+) (%S+) (.*)$')
    if tonumber(ends) <= now then
        return nil
    end
    return {server = server, answer = answer}
end

local function setMark(tag, server, lifetime, answer)
    local ms = (lifetime + 60) * 1000
    redis.call('SET', base .. ':m:' .. tag, text(now + ms) .. ' ' .. server .. ' ' .. answer, 'PX', text(ms + GARBAGE))
end

local function isExpired(expiresAt, lifetime)
    return (expiresAt + 30) * 1000 <= now or expiresAt * 1000 > now + (lifetime + 30) * 1000
end

local function hasEnded(connection)
    local ends = redis.call('GET', base .. ':r:' .. connection)
    return ends and tonumber(ends) > now
end
