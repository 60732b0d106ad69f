package dev.hawser.tests.simulation;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Collections;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/// Everything that can be reached from a machine, its ciphers included, looked at through
/// reflection: the bytes that it holds, and how full its maps are.
final class MemoryProbe {
    private static final List<String> PACKAGES =
            List.of("dev.hawser.protocol.", "dev.hawser.sodium.");

    private static final ClassValue<Shape> SHAPES =
            new ClassValue<>() {
                @Override
                protected Shape computeValue(Class<?> type) {
                    return Shape.of(type);
                }
            };

    /// By the path of fields that leads there.
    private final Map<String, byte[]> bytes = new LinkedHashMap<>();

    private final Map<String, Integer> mapSizes = new LinkedHashMap<>();

    private final Set<Object> seen = Collections.newSetFromMap(new IdentityHashMap<>());
    private final Deque<Place> toVisit = new ArrayDeque<>();

    private record Place(String path, Object object) {}

    private MemoryProbe() {}

    static MemoryProbe of(Object machine) {
        MemoryProbe probe = new MemoryProbe();
        probe.found("machine", machine);
        while (!probe.toVisit.isEmpty()) {
            probe.visit(probe.toVisit.remove());
        }
        return probe;
    }

    /// {@return the paths of maps outside the token history that hold something}
    Map<String, Integer> mapsInUse() {
        Map<String, Integer> inUse = new LinkedHashMap<>(mapSizes);
        inUse.entrySet().removeIf(map -> map.getValue() == 0 || map.getKey().contains(".history."));
        return inUse;
    }

    /// {@return the path of an array that contains one of these rows of bytes, or null}
    String pathOfAny(List<byte[]> wanted) {
        // By their first two bytes: all are looked for in one go.
        boolean[] isStart = new boolean[1 << 16];
        wanted.forEach(row -> isStart[start(row, 0)] = true);
        for (Map.Entry<String, byte[]> entry : bytes.entrySet()) {
            byte[] held = entry.getValue();
            for (int i = 0; i + 1 < held.length; i++) {
                if (isStart[start(held, i)] && isOneAt(held, i, wanted)) {
                    return entry.getKey();
                }
            }
        }
        return null;
    }

    private static int start(byte[] row, int index) {
        return ((row[index] & 0xff) << 8) | (row[index + 1] & 0xff);
    }

    private static boolean isOneAt(byte[] held, int index, List<byte[]> wanted) {
        return wanted.stream()
                .anyMatch(row ->
                        index + row.length <= held.length
                                && Arrays.equals(
                                        held, index, index + row.length, row, 0, row.length));
    }

    private void found(String path, Object object) {
        if (object != null && seen.add(object)) {
            toVisit.add(new Place(path, object));
        }
    }

    private void visit(Place place) {
        switch (place.object) {
            case byte[] array -> bytes.put(place.path, array);
            case ByteBuffer buffer -> bytes.put(place.path, contentOf(buffer));
            case Object[] array -> {
                for (int i = 0; i < Array.getLength(array); i++) {
                    found(place.path + "[" + i + "]", array[i]);
                }
            }
            default -> visitFields(place);
        }
    }

    private static byte[] contentOf(ByteBuffer buffer) {
        byte[] content = new byte[buffer.capacity()];
        buffer.duplicate().clear().get(content);
        return content;
    }

    private void visitFields(Place place) {
        Shape shape = SHAPES.get(place.object.getClass());
        if (shape.size != null) {
            mapSizes.put(place.path, (Integer) value(place.object, shape.size));
        }
        for (Step step : shape.steps) {
            found(place.path + step.suffix, value(place.object, step.field));
        }
    }

    /// What is looked at in an object of a class, found out once for each: reflection is asked
    /// millions of times.
    ///
    /// @param size that of a map, null in what is none
    private record Shape(@Nullable Field size, List<Step> steps) {
        static Shape of(Class<?> whole) {
            Field size = null;
            List<Step> steps = new ArrayList<>();
            for (Class<?> type = whole;
                    type != null && PACKAGES.stream().anyMatch(type.getName()::startsWith);
                    type = type.getSuperclass()) {
                if (type.getSimpleName().equals("KeyedMap")) {
                    size = field(type, "size");
                }
                for (Field field : type.getDeclaredFields()) {
                    if (!Modifier.isStatic(field.getModifiers())
                            && !field.getType().isPrimitive()) {
                        field.setAccessible(true);
                        steps.add(new Step("." + field.getName(), field));
                    }
                }
            }
            return new Shape(size, List.copyOf(steps));
        }
    }

    private record Step(String suffix, Field field) {}

    /// {@return the value of a private field}
    static Object value(Object object, String field) {
        return value(object, field(object.getClass(), field));
    }

    /// Overwrites a private field: for numbers that take a lifetime to reach.
    static void set(Object object, String field, Object value) {
        try {
            field(object.getClass(), field).set(object, value);
        } catch (IllegalAccessException e) {
            throw new LinkageError("no access to " + field + " in " + object.getClass(), e);
        }
    }

    /// Calls a method of which there is one of this name: for what takes thousands of players.
    static void call(Object object, String name, Object... arguments) {
        for (Method method : object.getClass().getDeclaredMethods()) {
            if (method.getName().equals(name)) {
                method.setAccessible(true);
                try {
                    method.invoke(object, arguments);
                } catch (ReflectiveOperationException e) {
                    throw new LinkageError("no call of " + method, e);
                }
                return;
            }
        }
        throw new LinkageError("no method " + name + " in " + object.getClass());
    }

    private static Object value(Object object, Field field) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new LinkageError("no access to " + field, e);
        }
    }

    private static Field field(Class<?> type, String field) {
        try {
            Field found = type.getDeclaredField(field);
            found.setAccessible(true);
            return found;
        } catch (NoSuchFieldException e) {
            throw new LinkageError("no field " + field + " in " + type, e);
        }
    }
}
