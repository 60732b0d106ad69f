package dev.hawser.tests.simulation;

import static dev.hawser.tests.simulation.Change.callReturns;
import static dev.hawser.tests.simulation.Change.reads;

import java.lang.classfile.CodeBuilder;
import java.lang.classfile.CodeElement;
import java.lang.classfile.Opcode;
import java.lang.classfile.instruction.InvokeInstruction;
import java.lang.classfile.instruction.OperatorInstruction;
import java.lang.constant.ClassDesc;
import java.lang.constant.ConstantDescs;
import java.lang.constant.MethodTypeDesc;

/// Changes to compiled code that only one of the [Mutants] needs, instruction by instruction.
final class Rewrites {
    private static final ClassDesc NEWCOMERS_DESC = desc("machine.Newcomers");
    private static final ClassDesc PENDING_DESC = desc("machine.PendingConnection");
    private static final ClassDesc PENDINGS_DESC = desc("machine.PendingConnections");
    private static final ClassDesc SLOT_DESC = desc("machine.ClientSlot");
    private static final ClassDesc SLOTS_DESC = desc("machine.ClientSlots");
    private static final ClassDesc BITMAP_DESC = desc("machine.SlotBitmap");
    private static final ClassDesc WINDOW_DESC = desc("wire.ReplayWindow");
    private static final ClassDesc ADDRESS_DESC = desc("PeerAddress");
    private static final ClassDesc ATTEMPT_DESC = desc("machine.ClientAttempt");

    /// No method that is changed has so many variables of its own.
    private static final int FREE_LOCAL = 40;

    private Rewrites() {}

    static Change getsInstead(String method, Enum<?> from, Enum<?> to) {
        return reads(method, from.name(), to);
    }

    /// In the method, calls of `callee`, whose result nobody looks at, are left out.
    static Change withoutResult(String method, String callee) {
        return callReturns(method, callee, null);
    }

    static void forgetWhatIsFound(CodeBuilder code, InvokeInstruction find) {
        // forget(find(…)) and then as if nothing had been found.
        code.with(find);
        forgetIfThere(code).aconst_null().checkcast(PENDING_DESC);
    }

    static boolean comparesAsEqual(CodeBuilder code, CodeElement element) {
        if (element instanceof OperatorInstruction operator && operator.opcode() == Opcode.LCMP) {
            code.pop2().pop2().iconst_0();
            return true;
        }
        return false;
    }

    static void forgetEverything(CodeBuilder code, InvokeInstruction forgetExpired) {
        code.pop2().loadConstant(Long.MAX_VALUE - 1).with(forgetExpired);
    }

    static Change networkIsAddress() {
        return callReturns("networkLow", "isIpv4", true);
    }

    static void forgetTheFirst(CodeBuilder code, InvokeInstruction add) {
        // Stack: pendings, address. PendingConnection old = pendings.first(address); if it exists,
        // forget it.
        code.dup2()
                .invokevirtual(
                        PENDINGS_DESC, "first", MethodTypeDesc.of(PENDING_DESC, ADDRESS_DESC));
        forgetIfThere(code).with(add);
    }

    /// Takes a pending connection, or null, off the stack, and has the server forget it.
    private static CodeBuilder forgetIfThere(CodeBuilder code) {
        return code.dup()
                .ifThenElse(
                        Opcode.IFNONNULL,
                        found ->
                                found.aload(0)
                                        .swap()
                                        .invokevirtual(
                                                NEWCOMERS_DESC,
                                                "forget",
                                                MethodTypeDesc.of(
                                                        ConstantDescs.CD_void, PENDING_DESC)),
                        CodeBuilder::pop);
    }

    static void copyForTheFirstOnly(CodeBuilder code, InvokeInstruction put) {
        // Locals of openUnderPending: 1 the address, 3 the pending connection it is at.
        code.aload(0)
                .getfield(NEWCOMERS_DESC, "pendingConnections", PENDINGS_DESC)
                .aload(1)
                .invokevirtual(
                        PENDINGS_DESC, "first", MethodTypeDesc.of(PENDING_DESC, ADDRESS_DESC))
                .aload(3)
                .ifThenElse(
                        Opcode.IF_ACMPEQ,
                        isFirst -> isFirst.with(put),
                        // Of scratch, index, datagram, offset, length, scratch is the result.
                        isLater -> isLater.pop2().pop2());
    }

    static void freeTheSlot(CodeBuilder code, InvokeInstruction erase) {
        // Locals of suspend: 1 the slot.
        code.with(erase)
                .aload(0)
                .getfield(SLOTS_DESC, "free", BITMAP_DESC)
                .aload(1)
                .getfield(SLOT_DESC, "index", ConstantDescs.CD_int)
                .invokevirtual(
                        BITMAP_DESC,
                        "release",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_int));
    }

    static void startSequenceAgain(CodeBuilder code) {
        code.aload(0).lconst_0().putfield(ATTEMPT_DESC, "sequence", ConstantDescs.CD_long);
    }

    static void resetOnly(CodeBuilder code, InvokeInstruction resetAfter) {
        code.pop2().invokevirtual(WINDOW_DESC, "reset", MethodTypeDesc.of(ConstantDescs.CD_void));
    }

    static void advanceBeforeOpening(CodeBuilder code, InvokeInstruction already) {
        int sequence = FREE_LOCAL;
        int window = FREE_LOCAL + 2;
        code.lstore(sequence)
                .astore(window)
                .aload(window)
                .lload(sequence)
                .with(already)
                .aload(window)
                .lload(sequence)
                .invokevirtual(
                        WINDOW_DESC,
                        "advance",
                        MethodTypeDesc.of(ConstantDescs.CD_void, ConstantDescs.CD_long));
    }

    static void addTheWindow(CodeBuilder code) {
        // if (compareUnsigned(sequence + 256, mostRecent) <= 0) return true;
        code.lload(1)
                .loadConstant(256L)
                .ladd()
                .aload(0)
                .getfield(WINDOW_DESC, "mostRecent", ConstantDescs.CD_long)
                .invokestatic(
                        ConstantDescs.CD_Long,
                        "compareUnsigned",
                        MethodTypeDesc.of(
                                ConstantDescs.CD_int, ConstantDescs.CD_long, ConstantDescs.CD_long))
                .ifThen(Opcode.IFLE, isOld -> isOld.iconst_1().ireturn());
    }

    static void refreshTheSlot(CodeBuilder code, InvokeInstruction noPending) {
        // Locals of handleResponse: 1 and 2 the time, 3 the address.
        code.with(noPending)
                .aload(0)
                .getfield(NEWCOMERS_DESC, "slots", SLOTS_DESC)
                .aload(3)
                .invokevirtual(SLOTS_DESC, "ofAddress", MethodTypeDesc.of(SLOT_DESC, ADDRESS_DESC))
                .dup()
                .ifThenElse(
                        Opcode.IFNONNULL,
                        connected ->
                                connected
                                        .lload(1)
                                        .putfield(
                                                SLOT_DESC,
                                                "lastReceivedNanos",
                                                ConstantDescs.CD_long),
                        CodeBuilder::pop);
    }

    static void highestBit(CodeBuilder code, InvokeInstruction trailingZeros) {
        // 63 - numberOfLeadingZeros
        code.invokestatic(
                        ConstantDescs.CD_Long,
                        "numberOfLeadingZeros",
                        MethodTypeDesc.of(ConstantDescs.CD_int, ConstantDescs.CD_long))
                .loadConstant(63)
                .swap()
                .isub();
    }

    static Change admitsEverybody() {
        ClassDesc admission = desc("machine.PendingConnection$Admission");
        return Change.body(
                "admission", code -> code.getstatic(admission, "ADMITTED", admission).areturn());
    }

    static void fourTimes(CodeBuilder code, InvokeInstruction challenge) {
        int out = FREE_LOCAL;
        int to = FREE_LOCAL + 1;
        int pending = FREE_LOCAL + 2;
        int packets = FREE_LOCAL + 3;
        code.astore(out).astore(to).astore(pending).astore(packets);
        for (int i = 0; i < 4; i++) {
            code.aload(packets).aload(pending).aload(to).aload(out).with(challenge);
        }
    }

    static void answerTwice(CodeBuilder code, InvokeInstruction pathAnswer) {
        int out = FREE_LOCAL;
        int answer = FREE_LOCAL + 1;
        int to = FREE_LOCAL + 3;
        int client = FREE_LOCAL + 4;
        int packets = FREE_LOCAL + 5;
        code.astore(out).lstore(answer).astore(to).astore(client).astore(packets);
        for (int i = 0; i < 2; i++) {
            code.aload(packets).aload(client).aload(to).lload(answer).aload(out).with(pathAnswer);
        }
    }

    private static ClassDesc desc(String type) {
        return ClassDesc.of("dev.hawser.protocol." + type);
    }
}
