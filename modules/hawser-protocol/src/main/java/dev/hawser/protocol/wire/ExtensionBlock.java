package dev.hawser.protocol.wire;

import dev.hawser.protocol.TokenTag;
import java.nio.ByteBuffer;
import org.jspecify.annotations.Nullable;

/// What Hawser says in the zero padding of a connect token, where every other implementation sees
/// padding: `"HX" · version u8 = 1 · length u8 · flags u16`, and `tag[16]` under [#RESUMES].
///
/// It follows the user data in the private part, and the last key in the public part. `length`
/// counts the whole block; a reader skips what it does not know.
public final class ExtensionBlock {
    /// The bytes of the block without the tag of a former token.
    public static final int BYTES = 6;

    /// The bytes of the block with it.
    public static final int RESUMING_BYTES = BYTES + Wire.TAG_BYTES;

    /// The largest block a reader accepts: what 32 IPv6 addresses leave in the private part.
    public static final int BYTES_MAX = 64;

    /// The flag of a client that reads reasons in denied and disconnect packets.
    public static final int STATES_REASONS = 1;

    /// The flag of a client whose connection survives a changed address.
    public static final int SURVIVES_MOVES = 2;

    /// The flag of a token that goes on with the connection of a former one, whose tag follows the
    /// flags.
    public static final int RESUMES = 4;

    private static final short MAGIC = 'H' | 'X' << 8;
    private static final byte VERSION = 1;
    private static final int VERSION_OFFSET = 2;
    private static final int LENGTH_OFFSET = 3;
    private static final int FLAGS_OFFSET = 4;

    private ExtensionBlock() {}

    /// Writes a block at `offset`, or nothing where no flag is set: the token is then the
    /// standard's to the byte.
    ///
    /// @param resumes the tag of the former token, under [#RESUMES] alone
    public static void write(ByteBuffer target, int offset, int flags, @Nullable TokenTag resumes) {
        if (flags == 0) {
            return;
        }
        if (resumes != null) {
            LittleEndian.putLong(target, offset + BYTES, resumes.high());
            LittleEndian.putLong(target, offset + BYTES + Long.BYTES, resumes.low());
        }
        LittleEndian.putShort(target, offset, MAGIC);
        target.put(offset + VERSION_OFFSET, VERSION);
        target.put(offset + LENGTH_OFFSET, (byte) (resumes == null ? BYTES : RESUMING_BYTES));
        LittleEndian.putShort(target, offset + FLAGS_OFFSET, (short) flags);
    }

    /// {@return the flags of the block at `offset`, 0 where there is none}
    ///
    /// A block that is malformed in any way counts as none.
    ///
    /// @param end the offset behind the padding: nothing at or behind it is read
    public static int read(ByteBuffer buffer, int offset, int end) {
        if (end - offset < BYTES || LittleEndian.getShort(buffer, offset) != MAGIC) {
            return 0;
        }
        int length = Byte.toUnsignedInt(buffer.get(offset + LENGTH_OFFSET));
        boolean isWellFormed =
                buffer.get(offset + VERSION_OFFSET) == VERSION
                        && length >= BYTES
                        && length <= Math.min(BYTES_MAX, end - offset);
        if (!isWellFormed) {
            return 0;
        }
        int flags = Short.toUnsignedInt(LittleEndian.getShort(buffer, offset + FLAGS_OFFSET));
        return length < RESUMING_BYTES ? flags & ~RESUMES : flags;
    }

    /// {@return the flags of a token}
    static int flags(TokenClaims claims) {
        return (claims.statesReasons() ? STATES_REASONS : 0)
                | (claims.survivesMoves() ? SURVIVES_MOVES : 0)
                | (claims.resumes() != null ? RESUMES : 0);
    }
}
