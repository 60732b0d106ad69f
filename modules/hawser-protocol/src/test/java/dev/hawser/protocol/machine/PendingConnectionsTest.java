package dev.hawser.protocol.machine;

import static org.assertj.core.api.Assertions.assertThat;

import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.PrivateKey;
import dev.hawser.protocol.crypto.PacketKey;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;

class PendingConnectionsTest {
    private static final int PER_ADDRESS = 2;
    private static final int PER_NETWORK = 3;
    private static final int TOTAL = 6;

    private final PendingConnections pendings =
            new PendingConnections(
                    config().pendingLimits(PER_ADDRESS, PER_NETWORK, TOTAL).build(), 1, 2);

    private static ServerConfig.Builder config() {
        return ServerConfig.builder(
                1, PrivateKey.ofBytes(new byte[32]), List.of(NetAddress.parse("127.0.0.1:1")));
    }

    private record Entry(int address, long tag, int index) {}

    /// Sixteen addresses in five networks: two IPv4, three IPv6, among them the lowest.
    private static NetAddress address(int number) {
        return switch (number) {
            case 0, 1, 2 -> NetAddress.ipv4(0x0a000001, 1 + number);
            case 3, 4 -> NetAddress.ipv4(0x0a000002, number);
            case 5, 6, 7, 8 -> NetAddress.ipv6(0x20010db800000001L, number, 9);
            case 9, 10, 11 -> NetAddress.ipv6(0x20010db800000002L, number, 9);
            default -> NetAddress.ipv6(0, number, 9);
        };
    }

    private static String network(NetAddress address) {
        return address.isIpv4() ? "4 " + address.low() : "6 " + address.high();
    }

    /// An even number asks for a place for its address, an odd one ends a connection.
    @Property(tries = 1000)
    void theyAgreeWithAListThatIsSearched(
            @ForAll @Size(max = 80) List<@IntRange(max = 31) Integer> steps) {
        PendingConnections pending = new PendingConnectionsTest().pendings;
        List<Entry> model = new ArrayList<>();
        long nextTag = 0;
        for (int step : steps) {
            if (step % 2 == 0) {
                int number = step / 2;
                PendingConnection added = pending.add(PeerAddress.of(address(number)));
                assertThat(added != null).isEqualTo(hasRoom(model, number));
                if (added != null) {
                    added.tagHigh = nextTag;
                    added.tagLow = -nextTag;
                    model.add(new Entry(number, nextTag, added.index));
                    nextTag++;
                }
            } else if (!model.isEmpty()) {
                Entry entry = model.remove(step / 2 % model.size());
                pending.remove(pending.inUse(entry.index()));
            }
            check(pending, model);
        }
    }

    private static boolean hasRoom(List<Entry> model, int number) {
        String network = network(address(number));
        long ofAddress = model.stream().filter(entry -> entry.address() == number).count();
        long ofNetwork =
                model.stream()
                        .filter(entry -> network(address(entry.address())).equals(network))
                        .count();
        return model.size() < TOTAL && ofNetwork < PER_NETWORK && ofAddress < PER_ADDRESS;
    }

    private static void check(PendingConnections pending, List<Entry> model) {
        assertThat(pending.size()).isEqualTo(model.size());
        for (int number = 0; number < 16; number++) {
            PeerAddress address = PeerAddress.of(address(number));
            List<Long> found = new ArrayList<>();
            for (PendingConnection each = pending.first(address);
                    each != null;
                    each = pending.next(each)) {
                assertThat(each.address.sameAs(address)).isTrue();
                found.add(each.tagHigh);
            }
            int wanted = number;
            assertThat(found)
                    .containsExactlyInAnyOrderElementsOf(
                            model.stream()
                                    .filter(entry -> entry.address() == wanted)
                                    .map(Entry::tag)
                                    .toList());
        }
        for (Entry entry : model) {
            PeerAddress address = PeerAddress.of(address(entry.address()));
            PendingConnection found = pending.find(address, entry.tag(), -entry.tag());
            assertThat(found).isNotNull();
            assertThat(found.index).isEqualTo(entry.index());
            assertThat(pending.find(address, entry.tag(), 7)).isNull();
            assertThat(pending.ofHandle(found.handle())).isSameAs(found);
        }
    }

    @Test
    void aHandleNamesOneUseOfAPlace() {
        PeerAddress address = PeerAddress.of(address(0));
        PendingConnection first = pendings.add(address);
        long handle = first.handle();
        pendings.remove(first);
        assertThat(pendings.ofHandle(handle)).isNull();

        PendingConnection second = pendings.add(address);

        assertThat(second.index).isEqualTo(first.index);
        assertThat(pendings.ofHandle(handle)).isNull();
        assertThat(pendings.ofHandle(second.handle())).isSameAs(second);
        assertThat(pendings.ofHandle(-1)).isNull();
        assertThat(pendings.ofHandle(TOTAL)).isNull();
        assertThat(pendings.ofHandle(Long.MAX_VALUE)).isNull();
    }

    @Test
    void theFirstPlacesAreKeptAndThoseBehindThemAreNot() {
        int crowd = PendingConnections.KEPT_MAX + 1;
        PendingConnections pendings =
                new PendingConnections(config().pendingLimits(1, crowd, crowd).build(), 1, 2);
        List<PendingConnection> all = new ArrayList<>();
        for (int i = 0; i < crowd; i++) {
            all.add(pendings.add(PeerAddress.of(NetAddress.ipv4(i, 1))));
        }
        PendingConnection lastKept = all.get(crowd - 2);
        PendingConnection notKept = all.get(crowd - 1);
        long handle = notKept.handle();

        pendings.remove(notKept);
        PendingConnection another = pendings.add(PeerAddress.of(NetAddress.ipv4(-1, 1)));
        pendings.remove(lastKept);
        PendingConnection again = pendings.add(PeerAddress.of(NetAddress.ipv4(-2, 1)));

        assertThat(another).isNotSameAs(notKept);
        assertThat(another.index).isEqualTo(notKept.index);
        assertThat(pendings.ofHandle(handle)).isNull();
        assertThat(pendings.ofHandle(another.handle())).isSameAs(another);
        assertThat(again).isSameAs(lastKept);
    }

    @Test
    void aUseBeginsWithNothingOfTheOneBefore() {
        PeerAddress address = PeerAddress.of(address(0));
        PendingConnection pending = pendings.add(address);
        pending.hasResponded = true;
        pending.admission = PendingConnection.Admission.REFUSED;
        pending.clientToServerKey.set(PacketKey.ofBytes(filled()));
        pending.serverToClientKey.set(PacketKey.ofBytes(filled()));
        pending.sealedChallenge.put(7, (byte) 7);

        pendings.remove(pending);

        assertThat(pending.clientToServerKey.sameAs(new PacketKey())).isTrue();
        assertThat(pending.serverToClientKey.sameAs(new PacketKey())).isTrue();
        assertThat(pending.sealedChallenge.get(7)).isZero();
        PendingConnection again = pendings.add(address);
        assertThat(again.hasResponded).isFalse();
        assertThat(again.admission).isEqualTo(PendingConnection.Admission.NOT_ASKED);
    }

    private static byte[] filled() {
        byte[] key = new byte[32];
        Arrays.fill(key, (byte) 5);
        return key;
    }
}
