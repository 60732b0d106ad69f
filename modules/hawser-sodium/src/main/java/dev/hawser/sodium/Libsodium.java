package dev.hawser.sodium;

import static java.lang.foreign.ValueLayout.ADDRESS;
import static java.lang.foreign.ValueLayout.JAVA_INT;

import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.SymbolLookup;
import java.lang.invoke.MethodHandle;

/// One loaded and initialised libsodium: where its functions are. It stays loaded until the process
/// ends.
///
/// @param name for logs and figures, for example `libsodium 1.0.18, system`
record Libsodium(String name, Functions packets, Functions tokens) {
    /// The addresses of one AEAD's two functions.
    record Functions(MemorySegment seal, MemorySegment open, int nonceBytes) {
        private static Functions of(SymbolLookup library, String aead, int nonceBytes) {
            return new Functions(
                    library.findOrThrow(aead + "_encrypt"),
                    library.findOrThrow(aead + "_decrypt"),
                    nonceBytes);
        }
    }

    /// {@return what `library` has, after `sodium_init`, which may run any number of times}
    ///
    /// @param origin where it is from, in a word or as a path
    /// @throws RuntimeException when it is not a libsodium, is too old, or may not be called; the
    ///   message says so
    static Libsodium of(SymbolLookup library, String origin) {
        if (ADDRESS.byteSize() != Long.BYTES) {
            throw new UnsupportedOperationException("addresses here are not of 64 bits");
        }
        Functions packets = Functions.of(library, "crypto_aead_chacha20poly1305_ietf", 12);
        Functions tokens = Functions.of(library, "crypto_aead_xchacha20poly1305_ietf", 24);
        Linker linker = Linker.nativeLinker();
        MethodHandle init =
                linker.downcallHandle(
                        library.findOrThrow("sodium_init"), FunctionDescriptor.of(JAVA_INT));
        MethodHandle version =
                linker.downcallHandle(
                        library.findOrThrow("sodium_version_string"),
                        FunctionDescriptor.of(ADDRESS));
        try {
            if ((int) init.invokeExact() < 0) {
                throw new IllegalStateException("sodium_init failed");
            }
            String number =
                    ((MemorySegment) version.invokeExact())
                            .reinterpret(Long.MAX_VALUE)
                            .getString(0);
            return new Libsodium("libsodium " + number + ", " + origin, packets, tokens);
        } catch (RuntimeException | Error e) {
            throw e;
        } catch (Throwable e) {
            throw new AssertionError("a native function throws nothing", e);
        }
    }
}
