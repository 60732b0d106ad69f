package dev.hawser.tests.simulation;

import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.machine.ServerMachine;
import java.lang.reflect.Method;
import java.util.Arrays;

/// Whether what finds the slots of a server by address and by path, and the slots themselves, say
/// the same: looked at through reflection.
final class IndexProbe {
    private IndexProbe() {}

    /// {@return what does not fit, or null}
    static String problemOf(ServerMachine machine) {
        Object slots = MemoryProbe.value(machine, "slots");
        int connected = 0;
        for (Object slot : (Object[]) MemoryProbe.value(slots, "slots")) {
            if (!(boolean) MemoryProbe.value(slot, "isConnected")) {
                continue;
            }
            connected++;
            Object address = MemoryProbe.value(slot, "address");
            if (!isSame(find(slots, "ofAddress", PeerAddress.class, address), slot)) {
                return "the slot at " + address + " is not found by its address";
            }
            if ((boolean) MemoryProbe.value(slot, "hasPath")) {
                Object pathId = MemoryProbe.value(slot, "pathId");
                if (!isSame(find(slots, "ofPath", long.class, pathId), slot)) {
                    return "the slot at " + address + " is not found by its path";
                }
            }
        }
        Object byAddress = MemoryProbe.value(slots, "slotOfAddress");
        int[] entries = (int[]) MemoryProbe.value(byAddress, "entries");
        long indexed = Arrays.stream(entries).filter(entry -> entry != 0).count();
        return indexed == connected
                ? null
                : indexed + " addresses lead to slots, but " + connected + " are connected";
    }

    private static boolean isSame(Object found, Object slot) {
        return found != null
                && MemoryProbe.value(found, "index").equals(MemoryProbe.value(slot, "index"));
    }

    private static Object find(Object slots, String method, Class<?> keyType, Object key) {
        try {
            Method find = slots.getClass().getDeclaredMethod(method, keyType);
            find.setAccessible(true);
            return find.invoke(slots, key);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no access to " + method, e);
        }
    }
}
