-- Says how what lies under a prefix is laid out, and says that it is laid out so from now on when nothing does.
--
-- KEYS[1]  <prefix>:format
-- ARGV[1]  the format of whoever asks
-- answers  the format
redis.call('SET', KEYS[1], ARGV[1], 'NX')
return redis.call('GET', KEYS[1])
