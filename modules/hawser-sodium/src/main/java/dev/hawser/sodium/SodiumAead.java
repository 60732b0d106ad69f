package dev.hawser.sodium;

import static java.lang.foreign.ValueLayout.JAVA_INT;
import static java.lang.foreign.ValueLayout.JAVA_LONG;

import dev.hawser.protocol.crypto.Aead;
import dev.hawser.protocol.crypto.PacketKey;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.invoke.MethodHandle;
import java.lang.ref.Reference;
import java.nio.ByteBuffer;
import java.nio.ReadOnlyBufferException;
import java.util.Objects;

/// One AEAD of libsodium in place: the call beneath packets and tokens.
///
/// libsodium works in memory of this object's own: what a call needs is copied there, and the
/// result is copied back, which takes one to four hundredths of the call. So native code never sees
/// the caller's memory, and nothing is allocated, compiled or not. Handing it the caller's memory
/// takes no less time, and an object for each call, which the compiler leaves away where it can:
/// alone it does, in a whole server it does not.
///
/// The key, and what was opened, are overwritten before a method returns.
final class SodiumAead implements Aead {
    /// Both functions take nine numbers of 64 bits, behind which are, where it is an address,
    /// places in [#memory]. Their own address comes first, since more than one library may be
    /// loaded:
    ///
    /// - seal: `c, clen_p, m, mlen, ad, adlen, nsec, npub, k`
    /// - open: `m, mlen_p, nsec, c, clen, ad, adlen, npub, k`
    ///
    /// "Critical" leaves out the change of the thread's state. A collection waits for the call
    /// then, for a microsecond.
    private static final MethodHandle CALL =
            Linker.nativeLinker()
                    .downcallHandle(
                            FunctionDescriptor.of(
                                    JAVA_INT, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG,
                                    JAVA_LONG, JAVA_LONG, JAVA_LONG, JAVA_LONG),
                            Linker.Option.critical(false));

    private static final long NULL = 0;

    private static final int KEY_OFFSET = 0;
    private static final int NONCE_OFFSET = KEY_OFFSET + PacketKey.BYTES;
    private static final int ASSOCIATED_DATA_OFFSET = 64;

    /// More than a packet or a token needs. What needs more gets it when it comes.
    private static final int MEMORY_BYTES = 2048;

    private final Libsodium.Functions functions;

    /// Key, nonce, associated data, text.
    private ByteBuffer memory = ByteBuffer.allocateDirect(MEMORY_BYTES);

    private long address = MemorySegment.ofBuffer(memory).address();
    private byte[] zeros = new byte[MEMORY_BYTES];

    SodiumAead(Libsodium.Functions functions) {
        this.functions = functions;
    }

    @Override
    public void seal(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        check(key, nonce, buffer, offset, length);
        int sealedLength = length + TAG_BYTES;
        Objects.checkFromIndexSize(offset, sealedLength, buffer.limit());
        int textOffset = put(key, nonce, data, sealedLength);
        memory.put(textOffset, buffer, offset, length);
        try {
            int _ =
                    (int)
                            CALL.invokeExact(
                                    functions.seal(),
                                    address + textOffset,
                                    NULL,
                                    address + textOffset,
                                    (long) length,
                                    address + ASSOCIATED_DATA_OFFSET,
                                    (long) data.length,
                                    NULL,
                                    address + NONCE_OFFSET,
                                    address + KEY_OFFSET);
        } catch (Throwable e) {
            throw new AssertionError("a native function throws nothing", e);
        } finally {
            eraseKey();
            // Native code holds a number only: until here the memory must not be freed.
            Reference.reachabilityFence(memory);
        }
        buffer.put(offset, memory, textOffset, sealedLength);
    }

    @Override
    public boolean open(
            byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        check(key, nonce, buffer, offset, length);
        if (length < TAG_BYTES) {
            return false;
        }
        int textOffset = put(key, nonce, data, length);
        memory.put(textOffset, buffer, offset, length);
        int result;
        try {
            result =
                    (int)
                            CALL.invokeExact(
                                    functions.open(),
                                    address + textOffset,
                                    NULL,
                                    NULL,
                                    address + textOffset,
                                    (long) length,
                                    address + ASSOCIATED_DATA_OFFSET,
                                    (long) data.length,
                                    address + NONCE_OFFSET,
                                    address + KEY_OFFSET);
        } catch (Throwable e) {
            throw new AssertionError("a native function throws nothing", e);
        } finally {
            eraseKey();
            Reference.reachabilityFence(memory);
        }
        if (result != 0) {
            return false;
        }
        int openedLength = length - TAG_BYTES;
        buffer.put(offset, memory, textOffset, openedLength);
        eraseText(textOffset, openedLength);
        return true;
    }

    private void check(byte[] key, byte[] nonce, ByteBuffer buffer, int offset, int length) {
        if (key.length != PacketKey.BYTES || nonce.length != functions.nonceBytes()) {
            throw new IllegalArgumentException(
                    "a key of "
                            + key.length
                            + " and a nonce of "
                            + nonce.length
                            + " bytes, but they must have "
                            + PacketKey.BYTES
                            + " and "
                            + functions.nonceBytes());
        }
        if (buffer.isReadOnly()) {
            throw new ReadOnlyBufferException();
        }
        Objects.checkFromIndexSize(offset, length, buffer.limit());
    }

    /// Puts everything but the text into the memory, and sees to it that the text has room.
    ///
    /// @return where the text goes
    private int put(byte[] key, byte[] nonce, byte[] data, int textLength) {
        int textOffset = ASSOCIATED_DATA_OFFSET + data.length;
        int bytes = Math.addExact(textOffset, textLength);
        if (bytes > memory.capacity()) {
            memory = ByteBuffer.allocateDirect(bytes);
            address = MemorySegment.ofBuffer(memory).address();
            zeros = new byte[bytes];
        }
        memory.put(ASSOCIATED_DATA_OFFSET, data);
        memory.put(NONCE_OFFSET, nonce);
        memory.put(KEY_OFFSET, key);
        return textOffset;
    }

    private void eraseKey() {
        memory.put(KEY_OFFSET, zeros, 0, PacketKey.BYTES);
    }

    /// A token holds keys.
    private void eraseText(int offset, int length) {
        memory.put(offset, zeros, 0, length);
    }
}
