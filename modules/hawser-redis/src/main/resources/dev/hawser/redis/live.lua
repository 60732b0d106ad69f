-- Says whether starts of servers are those that count, and so the presences there.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  how long a start that nobody has told the registry of counts, in ms
-- then     server and start, one after the other
-- answers  1 or 0 for each
local answers = {}
for i = 3, #ARGV, 2 do
    answers[#answers + 1] = isLive(ARGV[i], ARGV[i + 1], tonumber(ARGV[2])) and 1 or 0
end
return answers
