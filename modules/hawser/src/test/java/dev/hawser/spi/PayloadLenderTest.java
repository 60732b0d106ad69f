package dev.hawser.spi;

import static dev.hawser.netcode.Fixtures.bytes;
import static dev.hawser.netcode.Fixtures.text;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.nio.BufferOverflowException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.InvalidMarkException;
import org.junit.jupiter.api.Test;

/// A lent payload ends where it ends, and nothing that a handler does to one shows in the next.
class PayloadLenderTest {
    private final PayloadLender lender = new PayloadLender();

    @Test
    void itEndsWhereThePayloadEnds() {
        for (int length : new int[] {1, 2, 599, 1199, Payloads.BYTES_MAX}) {
            ByteBuffer lent = lender.lend(ByteBuffer.allocate(length));
            assertThat(lent.position()).isZero();
            assertThat(lent.capacity()).isEqualTo(lent.limit()).isEqualTo(length);
            lent.clear();
            lent.put(new byte[length]);
            assertThatThrownBy(() -> lent.put((byte) 1))
                    .isInstanceOf(BufferOverflowException.class);
        }
    }

    @Test
    void eachIsLentAnewWhateverBecameOfTheLastOne() {
        ByteBuffer misused = lender.lend(bytes("first"));
        misused.order(ByteOrder.LITTLE_ENDIAN).position(2).mark();
        misused.limit(3);
        ByteBuffer next = lender.lend(bytes("other"));
        assertThat(next.order()).isEqualTo(ByteOrder.BIG_ENDIAN);
        assertThatThrownBy(next::reset).isInstanceOf(InvalidMarkException.class);
        assertThat(text(next)).isEqualTo("other");
    }

    @Test
    void whoKeepsOneSeesWhatIsLentLaterAndChangesNothingOfWhatComesThen() {
        ByteBuffer kept = lender.lend(bytes("kept longer"));
        lender.lend(bytes("later"));
        assertThat(text(kept)).startsWith("later");
        kept.clear();
        kept.put(bytes("overwritten"));
        assertThat(text(lender.lend(bytes("payload")))).isEqualTo("payload");
    }

    @Test
    void whatIsLentFromStaysAsItIs() {
        ByteBuffer source = bytes("xxpayloadxx").position(2).limit(9);
        ByteBuffer lent = lender.lend(source);
        lent.put((byte) '!');
        assertThat(text(source)).isEqualTo("payload");
        assertThat(text(lender.lend(bytes("xxpayloadxx").array(), 2, 7))).isEqualTo("payload");
    }
}
