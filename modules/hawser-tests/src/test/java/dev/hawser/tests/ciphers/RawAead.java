package dev.hawser.tests.ciphers;

import dev.hawser.protocol.crypto.PacketCipher;
import java.lang.reflect.Field;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.nio.ByteBuffer;

/// What is inside a packet cipher: the same AEAD for any nonce. No packet can have most of the
/// published ones.
final class RawAead {
    private final Object aead;

    private RawAead(Object aead) {
        this.aead = aead;
    }

    static RawAead of(PacketCipher cipher) {
        try {
            Field field = cipher.getClass().getDeclaredField("aead");
            field.setAccessible(true);
            return new RawAead(field.get(cipher));
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no field 'aead' in " + cipher.getClass(), e);
        }
    }

    void seal(byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        call("seal", key, nonce, data, buffer, offset, length);
    }

    boolean open(byte[] key, byte[] nonce, byte[] data, ByteBuffer buffer, int offset, int length) {
        return (boolean) call("open", key, nonce, data, buffer, offset, length);
    }

    private Object call(String name, Object... arguments) {
        try {
            Method method =
                    aead.getClass()
                            .getDeclaredMethod(
                                    name,
                                    byte[].class,
                                    byte[].class,
                                    byte[].class,
                                    ByteBuffer.class,
                                    int.class,
                                    int.class);
            method.setAccessible(true);
            return method.invoke(aead, arguments);
        } catch (InvocationTargetException e) {
            throw new AssertionError(name + " failed", e.getCause());
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("no method " + name + " in " + aead.getClass(), e);
        }
    }
}
