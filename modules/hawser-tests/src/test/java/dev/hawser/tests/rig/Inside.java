package dev.hawser.tests.rig;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.Collection;
import java.util.Map;

/// Looks into an object where a test cannot do without: at keys that nobody may see, and at
/// sequences that no test lives long enough to reach.
public final class Inside {
    private final Object object;

    private Inside(Object object) {
        this.object = object;
    }

    public static Inside of(Object object) {
        return new Inside(object);
    }

    /// {@return what a field holds}
    public Inside get(String field) {
        try {
            return new Inside(field(field).get(object));
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// {@return an element of this array}
    public Inside at(int index) {
        return new Inside(Array.get(object, index));
    }

    public void set(String field, long value) {
        try {
            field(field).setLong(object, value);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    /// {@return how many elements this collection or map has}
    public int size() {
        return object instanceof Map<?, ?> map ? map.size() : ((Collection<?>) object).size();
    }

    public long asLong() {
        return (long) object;
    }

    public int asInt() {
        return (int) object;
    }

    public byte[] asBytes() {
        if (object instanceof ByteBuffer buffer) {
            byte[] bytes = new byte[buffer.capacity()];
            buffer.get(0, bytes);
            return bytes;
        }
        return (byte[]) object;
    }

    private Field field(String name) {
        for (Class<?> type = object.getClass(); type != null; type = type.getSuperclass()) {
            for (Field field : type.getDeclaredFields()) {
                if (field.getName().equals(name)) {
                    field.setAccessible(true);
                    return field;
                }
            }
        }
        throw new IllegalStateException("no field " + name + " in " + object.getClass());
    }
}
