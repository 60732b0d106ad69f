-- Forgets the commands that a start of a server has heard, and tells what waits then.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  start
-- ARGV[4]  how many at most
-- then     ids that were heard
-- answers  {id, command, id, command, ...}, the oldest first
local list = base .. ':X:' .. ARGV[2] .. ':' .. ARGV[3]
for i = 5, #ARGV do
    redis.call('ZREMRANGEBYSCORE', list, ARGV[i], ARGV[i])
end
local waiting = redis.call('ZRANGE', list, 0, ARGV[4] - 1, 'WITHSCORES')
local answers = {}
for i = 1, #waiting, 2 do
    answers[#answers + 1] = text(waiting[i + 1])
    answers[#answers + 1] = waiting[i]
end
return answers
