package dev.hawser.tests.rig;

import java.lang.reflect.Array;
import java.lang.reflect.Field;
import java.nio.ByteBuffer;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.Collection;
import java.util.Deque;
import java.util.IdentityHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/// How much something holds on to: its objects, the room in its arrays, what is in its collections.
///
/// It looks into the classes of this project but those of its tests, so that what a test notes down
/// for itself does not count, even where a callback of the test leads there. What these classes
/// hold in static fields belongs to whatever is of them. Of the JDK's classes it knows collections,
/// maps and buffers; any other is one object.
public final class Footprint {
    private static final String PROJECT = "dev.hawser.";
    private static final String TESTS = "dev.hawser.tests.";

    /// The fields of a class that hold objects: reflection makes them anew each time.
    private static final ClassValue<List<Field>> REFERENCES =
            new ClassValue<>() {
                @Override
                protected List<Field> computeValue(Class<?> type) {
                    return references(type);
                }
            };

    private final IdentityHashMap<Object, Boolean> seen = new IdentityHashMap<>();
    private final Deque<Object> waiting = new ArrayDeque<>();
    private final Map<String, Long> byClass = new TreeMap<>();

    private final Set<String> without;

    private Footprint(Set<String> without) {
        this.without = without;
    }

    /// {@return a number that grows with everything that `root` comes to keep}
    public static long of(Object root) {
        return byClass(Set.of(), root).values().stream().mapToLong(Long::longValue).sum();
    }

    /// {@return the same, for each class that something of was found: to see what has grown}
    ///
    /// @param without objects of these classes are not there, named without package: for pools,
    ///   which grow with the largest crowd
    public static Map<String, Long> byClass(Set<String> without, Object... roots) {
        Footprint footprint = new Footprint(without);
        footprint.walk(roots);
        return footprint.byClass;
    }

    /// {@return everything that was found of a class}
    ///
    /// @param name of the class, without package
    public static List<Object> found(String name, Object... roots) {
        Footprint footprint = new Footprint(Set.of());
        footprint.walk(roots);
        return footprint.seen.keySet().stream()
                .filter(object -> object.getClass().getSimpleName().equals(name))
                .toList();
    }

    private void walk(Object... roots) {
        for (Object root : roots) {
            add(root);
        }
        while (!waiting.isEmpty()) {
            visit(waiting.remove());
        }
    }

    private void add(Object object) {
        if (object != null
                && !isValue(object)
                && !isLeftOut(object)
                && seen.put(object, true) == null) {
            waiting.add(object);
        }
    }

    /// Constants are there anyway, and whether equal numbers are one object or two says nothing.
    private static boolean isValue(Object object) {
        return object instanceof Number || object instanceof Enum<?>;
    }

    private boolean isLeftOut(Object object) {
        return without.contains(object.getClass().getSimpleName());
    }

    private void visit(Object object) {
        count(object, 1);
        switch (object) {
            case Object[] array -> {
                count(object, array.length);
                for (Object element : array) {
                    add(element);
                }
            }
            case Collection<?> collection -> {
                for (Object element : collection) {
                    if (!isLeftOut(element)) {
                        count(object, 1);
                        add(element);
                    }
                }
            }
            case Map<?, ?> map -> {
                count(object, map.size());
                map.keySet().forEach(this::add);
                map.values().forEach(this::add);
            }
            case ByteBuffer buffer -> count(object, buffer.capacity());
            default -> visitOther(object);
        }
    }

    private void visitOther(Object object) {
        if (object.getClass().isArray()) {
            count(object, Array.getLength(object));
            return;
        }
        for (Class<?> type = object.getClass(); isLookedInto(type); type = type.getSuperclass()) {
            for (Field field : REFERENCES.get(type)) {
                add(value(object, field));
            }
        }
    }

    private static boolean isLookedInto(Class<?> type) {
        return type != null
                && type.getName().startsWith(PROJECT)
                && !type.getName().startsWith(TESTS);
    }

    private static List<Field> references(Class<?> type) {
        List<Field> references =
                Arrays.stream(type.getDeclaredFields())
                        .filter(field -> !field.getType().isPrimitive())
                        .toList();
        references.forEach(field -> field.setAccessible(true));
        return references;
    }

    private static Object value(Object object, Field field) {
        try {
            return field.get(object);
        } catch (IllegalAccessException e) {
            throw new IllegalStateException(e);
        }
    }

    private void count(Object object, long more) {
        String name = object.getClass().getName();
        // The classes of lambdas have a number behind a slash.
        int end = name.indexOf('/');
        byClass.merge(end < 0 ? name : name.substring(0, end), more, Long::sum);
    }
}
