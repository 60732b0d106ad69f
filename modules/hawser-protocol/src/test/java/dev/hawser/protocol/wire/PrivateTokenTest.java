package dev.hawser.protocol.wire;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.management.ThreadMXBean;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.PeerAddress;
import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketKey;
import java.lang.management.ManagementFactory;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.List;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.IntRange;
import net.jqwik.api.constraints.Size;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// docs/protocol.md "Private part" of a connect token.
class PrivateTokenTest {
    private final PrivateToken token = new PrivateToken();

    private Drop open(byte[] sealed) {
        return open(ByteBuffer.wrap(sealed), 0);
    }

    private Drop open(ByteBuffer buffer, int offset) {
        return token.open(
                Tokens.cipher(),
                Tokens.PRIVATE_KEY,
                Tokens.PROTOCOL_ID,
                Tokens.EXPIRE,
                Tokens.NONCE,
                buffer,
                offset);
    }

    /// {@return the private part before it is sealed, with 16 bytes of room}
    private static ByteBuffer plain() {
        ByteBuffer plain = ByteBuffer.allocate(Wire.PRIVATE_TOKEN_BYTES);
        TokenWriter.writePrivate(
                Tokens.claims(), Tokens.CLIENT_TO_SERVER, Tokens.SERVER_TO_CLIENT, plain, 0);
        return plain;
    }

    private static byte[] seal(ByteBuffer plain) {
        PrivateToken.seal(
                Tokens.cipher(), Tokens.PRIVATE_KEY, Tokens.NONCE, Tokens.claims(), plain, 0);
        byte[] sealed = new byte[Wire.PRIVATE_TOKEN_BYTES];
        plain.get(0, sealed);
        return sealed;
    }

    @Test
    void whatIsSealedIsOpenedAndRead() {
        assertThat(open(Tokens.sealedPrivate(Tokens.claims()))).isEqualTo(Drop.NONE);
        assertThat(token.clientId()).isEqualTo(-7);
        assertThat(token.timeoutSeconds()).isEqualTo(-3);
        assertThat(token.servers()).isEqualTo(Tokens.INTERNAL_SERVERS);
        assertThat(token.serverCount()).isEqualTo(2);
        assertThat(token.clientToServerKey().sameAs(Tokens.CLIENT_TO_SERVER)).isTrue();
        assertThat(token.serverToClientKey().sameAs(Tokens.SERVER_TO_CLIENT)).isTrue();
        assertThat(token.userData()).isEqualTo(Tokens.USER_DATA.toBytes());
        assertThat(token.statesReasons()).isFalse();
        PeerAddress server = new PeerAddress();
        token.server(1, server);
        assertThat(Tokens.INTERNAL_SERVERS.get(1).sameNumbers(server)).isTrue();
    }

    @Test
    void itIsOpenedInPlaceAtAnyOffsetOfAnyBuffer() {
        byte[] sealed = Tokens.sealedPrivate(Tokens.claims());
        for (ByteBuffer buffer :
                List.of(ByteBuffer.allocate(1078), ByteBuffer.allocateDirect(1078))) {
            assertThat(open(buffer.put(54, sealed), 54)).isEqualTo(Drop.NONE);
            assertThat(token.clientId()).isEqualTo(-7);
        }
    }

    @Test
    void theOpenedTextIsErasedFromTheBufferAndTheTagStays() {
        byte[] sealed = Tokens.sealedPrivate(Tokens.claims());
        byte[] buffer = sealed.clone();
        assertThat(open(buffer)).isEqualTo(Drop.NONE);
        assertThat(Arrays.copyOf(buffer, 1008)).containsOnly(0);
        assertThat(Arrays.copyOfRange(buffer, 1008, 1024))
                .isEqualTo(Arrays.copyOfRange(sealed, 1008, 1024));
    }

    @Property(tries = 300)
    void aChangedBitIsNotAuthentic(@ForAll @IntRange(max = 1024 * 8 - 1) int bit) {
        byte[] sealed = Tokens.sealedPrivate(Tokens.claims());
        sealed[bit / 8] ^= (byte) (1 << (bit % 8));
        assertThat(open(sealed)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
    }

    @Test
    void otherClaimsAnotherNonceOrAnotherKeyAreNotAuthentic() {
        byte[] sealed = Tokens.sealedPrivate(Tokens.claims());
        long id = Tokens.PROTOCOL_ID;
        long expire = Tokens.EXPIRE;
        byte[] key = Tokens.PRIVATE_KEY;
        byte[] nonce = Tokens.NONCE;
        assertThat(open(sealed, key, id + 1, expire, nonce)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        assertThat(open(sealed, key, id, expire + 1, nonce)).isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        assertThat(open(sealed, new byte[32], id, expire, nonce))
                .isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        for (int i = 0; i < nonce.length; i++) {
            byte[] otherNonce = nonce.clone();
            otherNonce[i]++;
            assertThat(open(sealed, key, id, expire, otherNonce))
                    .isEqualTo(Drop.TOKEN_NOT_AUTHENTIC);
        }
        assertThat(open(sealed, key, id, expire, nonce)).isEqualTo(Drop.NONE);
    }

    private Drop open(byte[] sealed, byte[] key, long protocolId, long expire, byte[] nonce) {
        ByteBuffer copy = ByteBuffer.wrap(sealed.clone());
        return token.open(Tokens.cipher(), key, protocolId, expire, nonce, copy, 0);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 33, -1, Integer.MIN_VALUE})
    void anotherNumberOfServersIsUnreadable(int count) {
        ByteBuffer plain = plain();
        LittleEndian.putInt(plain, PrivateToken.SERVERS_OFFSET, count);
        byte[] sealed = seal(plain);
        assertThat(open(sealed)).isEqualTo(Drop.TOKEN_UNREADABLE);
        assertThat(Arrays.copyOf(sealed, 1008)).containsOnly(0);
    }

    @ParameterizedTest
    @ValueSource(bytes = {0, 3, -1})
    void anAddressOfAnotherTypeIsUnreadable(byte type) {
        assertThat(open(seal(plain().put(PrivateToken.SERVERS_OFFSET + 4, type))))
                .isEqualTo(Drop.TOKEN_UNREADABLE);
        assertThat(open(seal(plain().put(PrivateToken.SERVERS_OFFSET + 4 + 7, type))))
                .isEqualTo(Drop.TOKEN_UNREADABLE);
    }

    @Test
    void thirtyTwoServersAreRead() {
        assertThat(open(Tokens.sealedPrivate(Tokens.claims(Tokens.mostServers(), 1))))
                .isEqualTo(Drop.NONE);
        assertThat(token.servers()).isEqualTo(Tokens.mostServers());
        assertThat(token.userData()).isEqualTo(Tokens.USER_DATA.toBytes());
        assertThat(token.statesReasons()).isTrue();
    }

    @Test
    void thirtyThreeServersAreUnreadableThoughEachCanBeRead() {
        assertThat(open(Tokens.sealedPrivate(Tokens.claims(Tokens.ipv4Servers(32), 0))))
                .isEqualTo(Drop.NONE);
        assertThat(open(Tokens.sealedPrivate(Tokens.claims(Tokens.ipv4Servers(33), 0))))
                .isEqualTo(Drop.TOKEN_UNREADABLE);
    }

    @Test
    void theNextOpenOverwritesTheLast() {
        open(Tokens.sealedPrivate(Tokens.claims(Tokens.mostServers(), 1)));
        open(Tokens.sealedPrivate(Tokens.claims()));
        assertThat(token.servers()).isEqualTo(Tokens.INTERNAL_SERVERS);
        assertThat(token.statesReasons()).isFalse();
    }

    @Test
    void theServerIsFoundByTheNumbersOfTheFirstAddressThatIsOurs() {
        open(Tokens.sealedPrivate(Tokens.claims()));
        NetAddress first = NetAddress.parse("10.0.0.5:1");
        NetAddress second = NetAddress.parse("10.0.0.6:2");
        NetAddress stranger = NetAddress.parse("10.0.0.5:2");
        assertThat(token.indexOf(List.of(first))).isZero();
        assertThat(token.indexOf(List.of(second))).isEqualTo(1);
        assertThat(token.indexOf(List.of(stranger, second, first))).isZero();
        assertThat(token.indexOf(List.of(stranger))).isEqualTo(-1);
        assertThat(token.indexOf(List.of())).isEqualTo(-1);
    }

    @Test
    void erasingOverwritesEverything() {
        open(Tokens.sealedPrivate(Tokens.claims(Tokens.mostServers(), 1)));
        token.erase();
        assertThat(token.clientToServerKey().sameAs(new PacketKey())).isTrue();
        assertThat(token.serverToClientKey().sameAs(new PacketKey())).isTrue();
        assertThat(token.userData()).containsOnly(0);
        assertThat(token.serverCount()).isZero();
        assertThat(token.clientId()).isZero();
        assertThat(token.timeoutSeconds()).isZero();
        assertThat(token.statesReasons()).isFalse();
    }

    /// With a cipher that does nothing, so that only the reader is measured.
    @Test
    void readingAllocatesNothing() {
        Aead noCipher = new NoCipher();
        ThreadMXBean threads = (ThreadMXBean) ManagementFactory.getThreadMXBean();
        List<NetAddress> identity = List.of(NetAddress.parse("10.0.0.6:2"));
        ByteBuffer plain = plain();
        ByteBuffer datagram = ByteBuffer.allocate(Wire.PRIVATE_TOKEN_BYTES);
        long least = Long.MAX_VALUE;
        // The first rounds are those of the interpreter; afterwards one without allocation is
        // proof.
        for (int round = 0; round < 50 && least > 0; round++) {
            long before = threads.getCurrentThreadAllocatedBytes();
            for (int i = 0; i < 1000; i++) {
                datagram.put(0, plain, 0, Wire.PRIVATE_TOKEN_BYTES);
                token.open(noCipher, Tokens.PRIVATE_KEY, 0, 0, Tokens.NONCE, datagram, 0);
                token.indexOf(identity);
            }
            least = Math.min(least, threads.getCurrentThreadAllocatedBytes() - before);
        }
        assertThat(token.indexOf(identity)).isEqualTo(1);
        assertThat(least).isZero();
    }

    private static final class NoCipher implements Aead {
        @Override
        public void seal(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {}

        @Override
        public boolean open(
                byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
            return true;
        }
    }

    @Property
    void garbageThatWasSealedIsReadOrRefused(
            @ForAll @Size(1008) byte[] garbage, @ForAll @IntRange(max = 40) int count) {
        // Exactly the plain part: a reader that looks behind it throws.
        ByteBuffer plain = ByteBuffer.wrap(garbage);
        LittleEndian.putInt(plain, PrivateToken.SERVERS_OFFSET, count);
        Drop drop = token.read(plain, 0);
        assertThat(drop).isIn(Drop.NONE, Drop.TOKEN_UNREADABLE);
        if (drop == Drop.NONE) {
            assertThat(token.servers()).hasSize(count);
        }
    }
}
