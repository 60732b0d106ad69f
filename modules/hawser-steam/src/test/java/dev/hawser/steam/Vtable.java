package dev.hawser.steam;

import java.lang.annotation.ElementType;
import java.lang.annotation.Retention;
import java.lang.annotation.RetentionPolicy;
import java.lang.annotation.Target;
import java.lang.foreign.Arena;
import java.lang.foreign.FunctionDescriptor;
import java.lang.foreign.Linker;
import java.lang.foreign.MemoryLayout;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.lang.invoke.MethodHandle;
import java.lang.invoke.MethodHandles;
import java.lang.invoke.MethodType;
import java.lang.reflect.Method;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicLong;

/// C++ objects made of Java methods: the methods of a class that have a [Slot] become a table of
/// virtual functions, and an instance gets an address that native code can call.
///
/// A table is made once, and stays: only the objects come and go.
@SuppressWarnings("restricted")
final class Vtable<T> {
    /// Which virtual function a method is, counted from 0.
    @Retention(RetentionPolicy.RUNTIME)
    @Target(ElementType.METHOD)
    @interface Slot {
        int value();
    }

    private static final long OBJECT_BYTES = ValueLayout.ADDRESS.byteSize();

    private final Map<Long, T> objects = new ConcurrentHashMap<>();
    private final AtomicLong failures = new AtomicLong();
    private final MemorySegment table;

    /// @param slots how many virtual functions the interface has
    Vtable(Class<T> type, int slots) {
        table = Arena.global().allocate(ValueLayout.ADDRESS, slots);
        for (int slot = 0; slot < slots; slot++) {
            table.setAtIndex(ValueLayout.ADDRESS, slot, stub(notImplemented()));
        }
        for (Method method : type.getDeclaredMethods()) {
            Slot slot = method.getAnnotation(Slot.class);
            if (slot != null) {
                table.setAtIndex(ValueLayout.ADDRESS, slot.value(), stub(handle(type, method)));
            }
        }
    }

    /// {@return a C++ object whose virtual functions are the methods of this one}
    MemorySegment add(T object, Arena arena) {
        MemorySegment self = arena.allocate(OBJECT_BYTES);
        self.set(ValueLayout.ADDRESS, 0, table);
        objects.put(self.address(), object);
        return self;
    }

    void remove(MemorySegment self) {
        objects.remove(self.address());
    }

    /// {@return how many calls went to a slot that is not implemented, to no object, or failed}
    long failures() {
        return failures.get();
    }

    private MethodHandle handle(Class<T> type, Method method) {
        try {
            MethodHandles.Lookup lookup = MethodHandles.lookup();
            MethodHandle self =
                    lookup.findVirtual(
                                    Vtable.class,
                                    "objectAt",
                                    MethodType.methodType(Object.class, MemorySegment.class))
                            .bindTo(this);
            method.setAccessible(true);
            MethodHandle body = lookup.unreflect(method);
            MethodHandle called =
                    MethodHandles.filterArguments(
                            body, 0, self.asType(MethodType.methodType(type, MemorySegment.class)));
            MethodHandle failed =
                    lookup.findVirtual(
                                    Vtable.class,
                                    "failed",
                                    MethodType.methodType(void.class, Throwable.class))
                            .bindTo(this);
            MethodHandle onFailure =
                    MethodHandles.filterReturnValue(
                            failed, MethodHandles.zero(called.type().returnType()));
            return MethodHandles.catchException(called, Throwable.class, onFailure);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a virtual function cannot be made", e);
        }
    }

    private MethodHandle notImplemented() {
        try {
            return MethodHandles.lookup()
                    .findVirtual(
                            Vtable.class,
                            "unknownSlot",
                            MethodType.methodType(int.class, MemorySegment.class))
                    .bindTo(this);
        } catch (ReflectiveOperationException e) {
            throw new LinkageError("a virtual function cannot be made", e);
        }
    }

    private static MemorySegment stub(MethodHandle handle) {
        MethodType type = handle.type();
        MemoryLayout[] arguments =
                type.parameterList().stream().map(Vtable::layout).toArray(MemoryLayout[]::new);
        FunctionDescriptor descriptor =
                type.returnType() == void.class
                        ? FunctionDescriptor.ofVoid(arguments)
                        : FunctionDescriptor.of(layout(type.returnType()), arguments);
        return Linker.nativeLinker().upcallStub(handle, descriptor, Arena.global());
    }

    private static MemoryLayout layout(Class<?> type) {
        if (type == MemorySegment.class) {
            return ValueLayout.ADDRESS;
        }
        if (type == boolean.class) {
            return ValueLayout.JAVA_BOOLEAN;
        }
        if (type == int.class) {
            return ValueLayout.JAVA_INT;
        }
        if (type == long.class) {
            return ValueLayout.JAVA_LONG;
        }
        if (type == float.class) {
            return ValueLayout.JAVA_FLOAT;
        }
        throw new AssertionError("a virtual function with " + type);
    }

    // ---- Called by native code

    @SuppressWarnings("unused")
    private Object objectAt(MemorySegment self) {
        T object = objects.get(self.address());
        if (object == null) {
            throw new AssertionError("a call of an object that is gone");
        }
        return object;
    }

    @SuppressWarnings("unused")
    private void failed(Throwable e) {
        failures.incrementAndGet();
        e.printStackTrace();
    }

    @SuppressWarnings("unused")
    private int unknownSlot(MemorySegment self) {
        failures.incrementAndGet();
        return 0;
    }
}
