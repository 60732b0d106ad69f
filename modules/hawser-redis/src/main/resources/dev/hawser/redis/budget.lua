-- Counts a request, by the generic cell rate algorithm (ITU-T I.371): each request takes its share of a minute, and a
-- caller may be at most a minute ahead of the clock. All that is kept is until when its requests have used up the time,
-- so a limit that is changed holds from the next request on.
--
-- KEYS[1]  of the caller: <prefix>:1:{<hash>}:q
-- ARGV[1]  milliseconds that a test adds to the time
-- ARGV[2]  share of a request, in microseconds
-- answers  0 when it may go on, else after how many microseconds it may be asked again
local MINUTE = 60000000
local time = redis.call('TIME')
local now = time[1] * 1000000 + time[2] + ARGV[1] * 1000
local used = tonumber(redis.call('GET', KEYS[1]) or '0')
-- A clock that was set back must not shut anybody out for longer than a minute.
local ahead = math.min(math.max(0, used - now), MINUTE) + tonumber(ARGV[2])
if ahead > MINUTE then
    return ahead - MINUTE
end
redis.call('SET', KEYS[1], string.format('%.0f', now + ahead), 'PX', 120000)
return 0
