-- Takes players out of a server's list.
--
-- KEYS[1], ARGV[1]  as in registry.lua
-- ARGV[2]  server
-- ARGV[3]  start
-- then     client and connection, as one word
-- answers  1
for i = 4, #ARGV do
    redis.call('ZREM', base .. ':Y:' .. ARGV[2] .. ':' .. ARGV[3], ARGV[i])
end
return 1
