package dev.hawser.steam;

import static java.lang.foreign.ValueLayout.ADDRESS_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_INT_UNALIGNED;
import static java.lang.foreign.ValueLayout.JAVA_LONG_UNALIGNED;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;

/// The options with which a listen socket or a connection is made, as Steam reads them: an array of
/// `SteamNetworkingConfigValue_t`.
///
/// Always among them are the status callback and the number of its listener, so that a callback
/// that the game has for its own connections stays as it is.
final class OptionArray {
    private static final int STATUS_CALLBACK = 201;
    private static final int CONNECTION_USER_DATA = 40;
    private static final int IP_ALLOW_WITHOUT_AUTH = 23;

    private static final int OWN_OPTIONS = 3;

    private static final long KEY = SteamLayouts.offset(SteamLayouts.OPTION, "key");
    private static final long TYPE = SteamLayouts.offset(SteamLayouts.OPTION, "type");
    private static final long VALUE = SteamLayouts.offset(SteamLayouts.OPTION, "value");

    private final MemorySegment array;
    private int length;

    /// @param arena for as long as the call takes: Steam copies
    /// @param listener whose the connections are
    /// @param allowWithoutAuth an `IP_AllowWithoutAuth`
    OptionArray(Arena arena, SteamOptions options, int listener, int allowWithoutAuth) {
        array = arena.allocate(SteamLayouts.OPTION, OWN_OPTIONS + options.values().size());
        add(STATUS_CALLBACK, SteamLayouts.OPTION_POINTER)
                .set(ADDRESS_UNALIGNED, 0, StatusCallbacks.POINTER);
        add(CONNECTION_USER_DATA, SteamLayouts.OPTION_LONG)
                .set(JAVA_LONG_UNALIGNED, 0, StatusCallbacks.userData(listener, 0));
        addInt(IP_ALLOW_WITHOUT_AUTH, allowWithoutAuth);
        options.values().forEach(this::addInt);
    }

    private void addInt(int key, int value) {
        add(key, SteamLayouts.OPTION_INT).set(JAVA_INT_UNALIGNED, 0, value);
    }

    /// {@return where its value belongs}
    private MemorySegment add(int key, int type) {
        long size = SteamLayouts.OPTION.byteSize();
        MemorySegment option = array.asSlice(length * size, size);
        length++;
        option.set(JAVA_INT_UNALIGNED, KEY, key);
        option.set(JAVA_INT_UNALIGNED, TYPE, type);
        return option.asSlice(VALUE);
    }

    int length() {
        return length;
    }

    MemorySegment array() {
        return array;
    }
}
