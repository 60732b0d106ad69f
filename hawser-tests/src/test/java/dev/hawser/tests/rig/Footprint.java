package dev.hawser.tests.rig;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.lang.reflect.Modifier;
import java.util.ArrayDeque;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;

/// How much a machine holds on to: its objects, the room in its arrays, what is in its collections.
public final class Footprint {
    private Footprint() {}

    /// {@return a number that grows with everything that `root` comes to keep}
    public static long of(Object root) {
        long total = 0;
        IdentityHashMap<Object, Boolean> seen = new IdentityHashMap<>();
        Deque<Object> waiting = new ArrayDeque<>();
        waiting.add(root);
        while (!waiting.isEmpty()) {
            Object object = waiting.remove();
            if (seen.put(object, true) != null) {
                continue;
            }
            total++;
            if (object.getClass().isArray()) {
                total += Array.getLength(object);
                if (object instanceof Object[] elements) {
                    for (Object element : elements) {
                        add(waiting, element);
                    }
                }
            } else if (object instanceof Collection<?> collection) {
                collection.forEach(element -> add(waiting, element));
                total += collection.size();
            } else if (object.getClass().getName().startsWith("dev.hawser.protocol")) {
                addFields(waiting, object);
            }
        }
        return total;
    }

    private static void add(Deque<Object> waiting, Object object) {
        if (object != null) {
            waiting.add(object);
        }
    }

    private static void addFields(Deque<Object> waiting, Object object) {
        for (Field field : object.getClass().getDeclaredFields()) {
            if (!Modifier.isStatic(field.getModifiers()) && !field.getType().isPrimitive()) {
                try {
                    field.setAccessible(true);
                    add(waiting, field.get(object));
                } catch (IllegalAccessException e) {
                    throw new IllegalStateException(e);
                }
            }
        }
    }
}
