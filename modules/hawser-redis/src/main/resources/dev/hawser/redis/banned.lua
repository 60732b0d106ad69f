-- Tells of a ban.
--
-- KEYS[1], ARGV[1]  as in player.lua
-- answers  {until, why}, or {} when the player is not banned
local ends, why = ban()
if not ends then
    return {}
end
return {ends, why}
