-- A server says what it is. Two servers of one name: a newcomer gets it at once, since it may be the server itself,
-- started anew; when the former one is heard again there are two, the former one gets the name back, and the newcomer
-- is refused as long as the other one is not silent.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]   server
-- ARGV[3]   start: 32 digits, or what stands for it where a server does not say, beginning with @
-- ARGV[4]   sequence, 0 where it does not say
-- ARGV[5]   timeout of silence in ms
-- ARGV[6]   the most servers
-- ARGV[7]   start as it was said
-- ARGV[8]   1 when nothing but clients is to be noted: the rest of a long announcement
-- ARGV[9]   1 when this is the last part of the announcement
-- ARGV[10]  how many fields follow: names and values of :S:
-- then      the fields; how many clients have connected; those; the clients that have left
-- answers   {'T'} taken; {'O'} overtaken; {'A', address} the name is another's; {'M', servers} one too many
local id, start, seq, timeout = ARGV[2], ARGV[3], tonumber(ARGV[4]), tonumber(ARGV[5])
local OTHERS_MAX = 8
local REMEMBERED = 600000

handleTimeout()

local names = base .. ':N:' .. id
local known = {}
local all = redis.call('HGETALL', names)
for i = 1, #all, 2 do
    local state, heard, sequence, drain, address = string.match(all[i + 1], '^(%a) (%d+) (%d+) (%d) (.*)$')
    heard = tonumber(heard)
    if now - heard >= timeout and (state == 'F' or state == 'R') then
        state = 'O'
    end
    if now - heard >= math.max(REMEMBERED, 2 * timeout) then
        redis.call('HDEL', names, all[i])
    else
        known[all[i]] = {state = state, heard = heard, seq = tonumber(sequence), drain = drain, address = address}
    end
end
local function note(name, entry)
    known[name] = entry
    redis.call('HSET', names, name, entry.state .. ' ' .. text(entry.heard) .. ' ' .. text(entry.seq) .. ' ' ..
        entry.drain .. ' ' .. entry.address)
end
local last
for name, entry in pairs(known) do
    if entry.state == 'H' then
        last = name
    end
end
local holder = last and now - known[last].heard < timeout and last or nil

local fieldsFrom = 11
local fields = tonumber(ARGV[10]) * 2
local connectedFrom = fieldsFrom + fields
local connected = tonumber(ARGV[connectedFrom])

if ARGV[8] == '1' then
    local own = known[start]
    if holder ~= start or own.seq ~= seq then
        return {'O'}
    end
else
    local address = ARGV[fieldsFrom + 1]
    local own = known[start]
    if own and own.state == 'R' and holder then
        own.heard = now
        note(start, own)
        return {'A', known[holder].address}
    end
    if not own and holder and start < holder and string.sub(start, 13, 13) == '7'
        and string.sub(holder, 13, 13) == '7' then
        -- Starts that begin with their time, UUIDs of version 7: this one is late, or its clock was set back.
        return {'A', known[holder].address}
    end
    if own and seq ~= 0 and own.seq ~= 0 then
        -- Asked again with the same words it is taken again, unless the start was followed by another, or withdrew.
        if seq < own.seq or seq == own.seq and last ~= start then
            return {'O'}
        end
    end
    local exists = serverOf(id)
    if not exists and redis.call('ZCARD', base .. ':L') >= tonumber(ARGV[6]) then
        return {'M', ARGV[6]}
    end
    if last and last ~= start then
        if not holder then
            known[last].state = 'O'
            note(last, known[last])
        elseif own and own.state == 'F' then
            for name, entry in pairs(known) do
                if name ~= start and (entry.state == 'F' or entry.state == 'H') then
                    entry.state = 'R'
                    entry.heard = now
                    note(name, entry)
                end
            end
        else
            known[holder].state = 'F'
            note(holder, known[holder])
        end
    end
    note(start, {state = 'H', heard = now, seq = seq, drain = own and own.drain or '0', address = address})
    redis.call('PEXPIRE', names, text(2 * math.max(REMEMBERED, 2 * timeout)))
    local others = {}
    for name, entry in pairs(known) do
        if name ~= start then
            others[#others + 1] = {name = name, heard = entry.heard}
        end
    end
    if #others > OTHERS_MAX then
        table.sort(others, function(a, b) return a.heard < b.heard end)
        for i = 1, #others - OTHERS_MAX do
            redis.call('HDEL', names, others[i].name)
        end
    end

    local server = base .. ':S:' .. id
    local before = redis.call('HGET', server, 'start')
    if before and before ~= ARGV[7] then
        -- What it was to be told died with it.
        redis.call('UNLINK', base .. ':X:' .. id .. ':' .. before)
    end
    unplace(id)
    if not exists then
        redis.call('UNLINK', server, base .. ':C:' .. id)
        redis.call('HSET', server, 'gen', text(micros), 'reserved', '0', 'told', '0')
        redis.call('ZADD', base .. ':L', 0, id)
    end
    redis.call('HSET', server, 'silentAt', text(now + timeout), 'heard', text(now), 'timeout', text(timeout), 'start',
        ARGV[7], 'drain', known[start].drain)
    for i = fieldsFrom, connectedFrom - 1, 2 do
        redis.call('HSET', server, ARGV[i], ARGV[i + 1])
    end
    redis.call('PEXPIRE', server, text(timeout * 2 + DAY))
    redis.call('ZADD', base .. ':Q', text(now + timeout), id)
    place(id)
    redis.call('PEXPIRE', base .. ':Y:' .. id .. ':' .. ARGV[7], text(DAY))
    redis.call('PEXPIRE', base .. ':X:' .. id .. ':' .. ARGV[7], text(DAY))
end

-- Who has come takes the slot that was reserved for him, and who has gone leaves one behind.
local told = base .. ':C:' .. id
local gen = redis.call('HGET', base .. ':S:' .. id, 'gen')

local function noteTokens(client, hasLeft)
    local all = redis.call('HGETALL', base .. ':P:' .. client)
    for i = 1, #all, 2 do
        if string.sub(all[i], 1, 2) == 't:' then
            local order, server, left = string.match(all[i + 1], '^(%d+) (%S+) (%d)$')
            if left == '0' and hasLeft(server) then
                redis.call('HSET', base .. ':P:' .. client, all[i], order .. ' ' .. server .. ' 1')
            end
        end
    end
end

local function disconnected(client)
    local key = base .. ':P:' .. client
    local f = redis.call('HMGET', key, 'av', 'ag', 'sv', 'sg', 'so')
    if f[1] == id and f[2] == gen then
        redis.call('HDEL', key, 'av', 'ag')
    end
    if f[3] == id and f[4] == gen and f[5] == '1' then
        -- The slot that he was promised is free, and stays his.
        redis.call('HSET', key, 'so', '0')
        redis.call('HINCRBY', base .. ':S:' .. id, 'reserved', 1)
        place(id)
    end
end

for i = connectedFrom + 1, connectedFrom + connected do
    local client = ARGV[i]
    local key = base .. ':P:' .. client
    noteTokens(client, function(server) return server ~= id end)
    local f = redis.call('HMGET', key, 'sv', 'sg', 'so', 'av')
    if f[1] == id and f[2] == gen and f[3] == '0' then
        endSlot(client)
    end
    if f[4] and f[4] ~= id then
        redis.call('ZREM', base .. ':C:' .. f[4], client)
    end
    redis.call('HSET', key, 'av', id, 'ag', gen)
    keepPlayer(client)
    redis.call('ZADD', told, redis.call('HINCRBY', base .. ':S:' .. id, 'told', 1), client)
end
for i = connectedFrom + connected + 1, #ARGV do
    noteTokens(ARGV[i], function(server) return server == id end)
    if redis.call('ZREM', told, ARGV[i]) == 1 then
        disconnected(ARGV[i])
    end
end
if ARGV[9] == '1' then
    -- Somebody left without a word of it: most likely who was told of longest ago.
    local server = serverOf(id)
    local surplus = math.min(redis.call('ZCARD', told) - (server and server.taken or 0), 1024)
    if surplus > 0 then
        local popped = redis.call('ZPOPMIN', told, surplus)
        for i = 1, #popped, 2 do
            disconnected(popped[i])
        end
    end
    redis.call('PEXPIRE', told, text(timeout * 2 + DAY))
end
return {'T'}
