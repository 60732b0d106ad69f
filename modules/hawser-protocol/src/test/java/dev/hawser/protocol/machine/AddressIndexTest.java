package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.PeerAddress;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.function.LongPredicate;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

/// docs/protocol.md "Hardening" 7: the slot of an address, whoever chooses the addresses.
class AddressIndexTest {
    private static final int SLOTS = 8;
    private static final int PLACES = 16;
    private static final long HASH_KEY_0 = 0x0706050403020100L;
    private static final long HASH_KEY_1 = 0x0f0e0d0c0b0a0908L;

    /// What an entry holds of a hash besides its place.
    private static final long PART = 0xfffe_0000L << 32;

    @Property(tries = 300, edgeCases = EdgeCasesMode.NONE)
    void itAgreesWithAMap(
            @ForAll @Size(max = 100) List<@IntRange(max = SLOTS - 1) Integer> numbers) {
        check(addresses(_ -> true), numbers);
    }

    /// Somebody who knew the hash key could choose such addresses: the index is slow then, and
    /// right.
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void itAgreesWithAMapWhenAllAddressesCollide(
            @ForAll @IntRange(max = PLACES - 1) int home,
            @ForAll @Size(max = 100) List<@IntRange(max = SLOTS - 1) Integer> numbers) {
        check(addresses(hash -> (hash & PLACES - 1) == home), numbers);
    }

    /// Runs of neighbours that grow into each other, and around the end of the table.
    @Property(tries = 200, edgeCases = EdgeCasesMode.NONE)
    void itAgreesWithAMapWhenNeighboursCollide(
            @ForAll @IntRange(max = PLACES - 1) int home,
            @ForAll @Size(max = 100) List<@IntRange(max = SLOTS - 1) Integer> numbers) {
        check(addresses(hash -> (hash - home & PLACES - 1) < 2), numbers);
    }

    @Test
    void addressesWhoseEntriesLookAlikeAreToldApart() {
        PeerAddress first = address(0);
        long wanted = hash(0);
        long candidate = 1;
        while (((hash(candidate) ^ wanted) & (PART | 3)) != 0) {
            candidate++;
        }
        PeerAddress second = address(candidate);
        ClientSlot[] slots = slots(2);
        AddressIndex index = new AddressIndex(slots, HASH_KEY_0, HASH_KEY_1);

        slots[1].address.set(first);
        index.add(slots[1]);
        assertThat(index.get(second)).isNull();

        slots[0].address.set(second);
        index.add(slots[0]);
        assertThat(index.get(first)).isSameAs(slots[1]);
        assertThat(index.get(second)).isSameAs(slots[0]);

        index.remove(slots[1]);
        assertThat(index.get(first)).isNull();
        assertThat(index.get(second)).isSameAs(slots[0]);
    }

    @Test
    void theHighestSlotOfTheLargestServerIsFound() {
        ClientSlot[] slots = slots(ServerConfig.MAX_CLIENTS_LIMIT);
        AddressIndex index = new AddressIndex(slots, HASH_KEY_0, HASH_KEY_1);
        for (ClientSlot slot : slots) {
            slot.address.set(address(slot.index));
            index.add(slot);
        }
        for (ClientSlot slot : slots) {
            assertThat(index.get(address(slot.index))).isSameAs(slot);
        }
        assertThat(index.get(address(slots.length))).isNull();
    }

    /// Each number fills its number, or empties it again.
    private static void check(List<PeerAddress> addresses, List<Integer> numbers) {
        ClientSlot[] slots = slots(SLOTS);
        AddressIndex index = new AddressIndex(slots, HASH_KEY_0, HASH_KEY_1);
        Map<PeerAddress, ClientSlot> model = new HashMap<>();
        for (int number : numbers) {
            ClientSlot slot = slots[number];
            PeerAddress address = addresses.get(number);
            if (model.remove(address) == null) {
                slot.address.set(address);
                index.add(slot);
                model.put(address, slot);
            } else {
                index.remove(slot);
            }
            for (PeerAddress each : addresses) {
                assertThat(index.get(each))
                        .as("%s after %s of %s", each, number, numbers)
                        .isSameAs(model.get(each));
            }
        }
    }

    private static List<PeerAddress> addresses(LongPredicate hasHash) {
        List<PeerAddress> addresses = new ArrayList<>();
        for (long candidate = 0; addresses.size() < SLOTS; candidate++) {
            if (hasHash.test(hash(candidate))) {
                addresses.add(address(candidate));
            }
        }
        return addresses;
    }

    private static PeerAddress address(long low) {
        PeerAddress address = new PeerAddress();
        address.set(0, low, 40_000);
        return address;
    }

    private static long hash(long low) {
        return KeyedMap.sipHash13(HASH_KEY_0, HASH_KEY_1, 0, low, 40_000);
    }

    private static ClientSlot[] slots(int count) {
        ClientSlot[] slots = new ClientSlot[count];
        for (int i = 0; i < count; i++) {
            slots[i] = new ClientSlot(i);
        }
        return slots;
    }
}
