package dev.hawser.tests.simulation;

import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassTransform;
import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.CodeModel;
import java.lang.classfile.CodeTransform;
import java.lang.classfile.MethodModel;
import java.lang.classfile.Opcode;
import java.lang.classfile.TypeKind;
import java.lang.classfile.instruction.ConstantInstruction;
import java.lang.classfile.instruction.FieldInstruction;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.MethodTypeDesc;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiConsumer;
import java.util.function.Consumer;

/// One change to the compiled code of one method: how a rule is switched off without a switch in
/// production code.
///
/// A change that finds nothing to change fails, so that a method that is renamed or rewritten does
/// not leave a mutant behind that mutates nothing.
final class Change {
    private final String method;
    private final Rewriting rewriting;

    @FunctionalInterface
    private interface Rewriting {
        /// @return how many places were changed
        int rewrite(CodeBuilder builder, CodeModel code, MethodModel method);
    }

    private Change(String method, Rewriting rewriting) {
        this.method = method;
        this.rewriting = rewriting;
    }

    // ---- The kinds of changes

    /// The method does nothing.
    static Change doesNothing(String method) {
        return new Change(
                method,
                (builder, _, _) -> {
                    builder.return_();
                    return 1;
                });
    }

    /// The method returns this at once: a boolean, an int, a long or an enum constant.
    static Change returns(String method, Object constant) {
        return new Change(
                method,
                (builder, _, model) -> {
                    push(builder, constant);
                    builder.return_(TypeKind.from(model.methodTypeSymbol().returnType()));
                    return 1;
                });
    }

    /// The method does this and nothing else.
    static Change body(String method, Consumer<CodeBuilder> code) {
        return new Change(
                method,
                (builder, _, _) -> {
                    code.accept(builder);
                    return 1;
                });
    }

    /// In the method, calls of `callee` are not made, and count as having returned this.
    static Change callReturns(String method, String callee, Object constant) {
        return call(
                method,
                callee,
                (builder, call) -> {
                    popArguments(builder, call);
                    push(builder, constant);
                });
    }

    /// In the method, calls of `callee` are made, but count as having returned this.
    static Change callEndsWith(String method, String callee, Object constant) {
        return call(
                method,
                callee,
                (builder, call) -> {
                    builder.with(call);
                    pop(builder, call.typeSymbol().returnType());
                    push(builder, constant);
                });
    }

    /// In the method, calls of `callee` are left out.
    static Change withoutCall(String method, String callee) {
        return call(method, callee, Change::popArguments);
    }

    /// In the method, another method of the same class and type is called.
    static Change callsInstead(String method, String callee, String other) {
        return call(
                method,
                callee,
                (builder, call) ->
                        builder.invoke(
                                call.opcode(),
                                call.owner().asSymbol(),
                                other,
                                call.typeSymbol(),
                                call.isInterface()));
    }

    /// In the method, calls of `callee` are rewritten; the arguments are on the stack.
    static Change call(
            String method, String callee, BiConsumer<CodeBuilder, InvokeInstruction> rewriting) {
        return each(
                method,
                (builder, element) -> {
                    if (element instanceof InvokeInstruction call
                            && call.name().equalsString(callee)) {
                        rewriting.accept(builder, call);
                        return true;
                    }
                    return false;
                });
    }

    /// In the method, reading this field gives a constant.
    static Change reads(String method, String field, Object constant) {
        return each(
                method,
                (builder, element) -> {
                    if (!(element instanceof FieldInstruction access)
                            || !access.name().equalsString(field)
                            || !isRead(access)) {
                        return false;
                    }
                    if (access.opcode() == Opcode.GETFIELD) {
                        builder.pop();
                    }
                    push(builder, constant);
                    return true;
                });
    }

    /// In the method, what is written to this field is replaced by a constant.
    static Change writes(String method, String field, Object constant) {
        return each(
                method,
                (builder, element) -> {
                    if (!(element instanceof FieldInstruction access)
                            || !access.name().equalsString(field)
                            || isRead(access)) {
                        return false;
                    }
                    pop(builder, access.typeSymbol());
                    push(builder, constant);
                    builder.with(access);
                    return true;
                });
    }

    /// In the method, a number in the code is another one.
    static Change constant(String method, Object from, Object to) {
        return each(
                method,
                (builder, element) -> {
                    if (element instanceof ConstantInstruction load
                            && from.equals(load.constantValue())) {
                        push(builder, to);
                        return true;
                    }
                    return false;
                });
    }

    /// Something is done before the method begins.
    static Change first(String method, Consumer<CodeBuilder> code) {
        return new Change(
                method,
                (builder, model, _) -> {
                    builder.transform(
                            model,
                            new CodeTransform() {
                                @Override
                                public void atStart(CodeBuilder start) {
                                    code.accept(start);
                                }

                                @Override
                                public void accept(CodeBuilder rest, CodeElement element) {
                                    rest.with(element);
                                }
                            });
                    return 1;
                });
    }

    @FunctionalInterface
    interface Replacing {
        /// @return whether it has written something in the place of the element
        boolean replace(CodeBuilder builder, CodeElement element);
    }

    /// In the method, instructions are replaced one by one.
    static Change each(String method, Replacing replacing) {
        return new Change(
                method,
                (builder, model, _) -> {
                    AtomicInteger changed = new AtomicInteger();
                    CodeTransform transform =
                            (rest, element) -> {
                                if (replacing.replace(rest, element)) {
                                    changed.incrementAndGet();
                                } else {
                                    rest.with(element);
                                }
                            };
                    builder.transform(model, transform);
                    return changed.get();
                });
    }

    // ---- Applying them

    /// {@return the class with all changes}
    static byte[] apply(byte[] original, List<Change> changes) {
        byte[] bytes = original;
        for (Change change : changes) {
            bytes = change.apply(bytes);
        }
        return bytes;
    }

    private byte[] apply(byte[] original) {
        AtomicInteger changed = new AtomicInteger();
        ClassTransform transform =
                ClassTransform.transformingMethods(
                        model -> model.methodName().equalsString(method),
                        (builder, element) -> {
                            if (element instanceof CodeModel code) {
                                MethodModel model = code.parent().orElseThrow();
                                builder.withCode(
                                        it -> changed.set(rewriting.rewrite(it, code, model)));
                            } else {
                                builder.with(element);
                            }
                        });
        ClassFile classFile = ClassFile.of();
        byte[] result = classFile.transformClass(classFile.parse(original), transform);
        if (changed.get() == 0) {
            throw new AssertionError(
                    "nothing to change in "
                            + method
                            + ": was it rewritten? Then rewrite the mutant as well");
        }
        return result;
    }

    // ---- Instructions

    private static boolean isRead(FieldInstruction access) {
        return switch (access.opcode()) {
            case GETFIELD, GETSTATIC -> true;
            default -> false;
        };
    }

    static void push(CodeBuilder builder, Object constant) {
        switch (constant) {
            case null -> builder.aconst_null();
            case Boolean value -> builder.loadConstant(value ? 1 : 0);
            case Integer value -> builder.loadConstant(value);
            case Long value -> builder.loadConstant(value);
            case Enum<?> value -> {
                ClassDesc type = value.getDeclaringClass().describeConstable().orElseThrow();
                builder.getstatic(type, value.name(), type);
            }
            default -> throw new IllegalArgumentException("no constant: " + constant);
        }
    }

    static void pop(CodeBuilder builder, ClassDesc type) {
        switch (TypeKind.from(type).slotSize()) {
            case 1 -> builder.pop();
            case 2 -> builder.pop2();
            default -> {}
        }
    }

    /// Takes the arguments of a call from the stack, and the object that it is a method of.
    static void popArguments(CodeBuilder builder, InvokeInstruction call) {
        MethodTypeDesc type = call.typeSymbol();
        for (int i = type.parameterCount() - 1; i >= 0; i--) {
            pop(builder, type.parameterType(i));
        }
        if (call.opcode() != Opcode.INVOKESTATIC) {
            builder.pop();
        }
    }
}
