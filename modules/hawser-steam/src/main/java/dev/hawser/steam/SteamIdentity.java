package dev.hawser.steam;

/// Who somebody is to Steam's networking.
public sealed interface SteamIdentity {
    /// An account of Steam, a player's or a game server's.
    ///
    /// @param value the 64 bits of the Steam id, unsigned
    record SteamId(long value) implements SteamIdentity {
        @Override
        public String toString() {
            return "steamid:" + Long.toUnsignedString(value);
        }
    }

    /// A name of the game's own, where GameNetworkingSockets is used without Steam.
    ///
    /// @param name 1 to 31 bytes of UTF-8
    record Name(String name) implements SteamIdentity {
        /// Checks the length.
        ///
        /// @throws IllegalArgumentException when it is empty or too long
        public Name {
            SteamLayouts.checkName(name);
        }

        @Override
        public String toString() {
            return "str:" + name;
        }
    }

    /// Nobody in particular: there is no account behind it.
    record Anonymous() implements SteamIdentity {
        @Override
        public String toString() {
            return "anonymous";
        }
    }
}
