package dev.hawser.testkit.vectors;

import static dev.hawser.testkit.vectors.VectorCase.compare;
import static dev.hawser.testkit.vectors.VectorCase.compareUnsigned;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.NetAddress;
import dev.hawser.protocol.measure.PingClock;
import dev.hawser.protocol.path.PathKey;
import dev.hawser.protocol.wire.ExtensionBlock;
import dev.hawser.protocol.wire.Wire;
import dev.hawser.testkit.vectors.Conformance.Check;
import java.nio.ByteBuffer;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/// The sections of Hawser's extension: the block in a token, what a server names its paths with,
/// and the arithmetic of pings. docs/extension.md has the rules.
final class ExtensionVectors {
    static final String VERSION = "HAWSER EXTENSION 1";

    private static final int IDENTITY_MAX = 32;
    private static final int PADDING_BYTES_MAX = 1024;
    private static final long NANOS_PER_MICRO = 1_000;

    private ExtensionVectors() {}

    /// {@return the sections that are lists of cases, in the order of the format}
    static Map<String, Check> checks() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("extensionBlocks", ExtensionVectors::verifyBlock);
        checks.put("pathNames", ExtensionVectors::verifyPathName);
        checks.put("packets", ExtensionPackets::verifyPacket);
        checks.put("readVerdicts", ExtensionPackets::verifyReadVerdict);
        checks.put("pings", ExtensionVectors::verifyPings);
        return checks;
    }

    static void verifyBlock(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        byte[] padding = vector.hex("bytes", 0, PADDING_BYTES_MAX);
        int flags = ExtensionBlock.read(ByteBuffer.wrap(padding), 0, padding.length);
        compare("the flags, read", vector.int32("flags"), flags);
    }

    static void verifyPathName(JsonNode node) throws Mismatch {
        VectorCase vector = VectorCase.of(node);
        byte[] privateKey = vector.hex("privateKey", Wire.KEY_BYTES);
        List<NetAddress> identity = vector.addresses("identity", IDENTITY_MAX);
        PathKey key = new PathKey(privateKey, identity);
        long pathId = key.pathId(vector.u32("r"));
        compareUnsigned("the path id", vector.u64("pathId"), pathId);
        byte[] word = Arrays.copyOf(key.resetWord(pathId), Wire.RESET_WORD_BYTES);
        compare("the reset word", vector.hex("resetWord", Wire.RESET_WORD_BYTES), word);
    }

    /// A run of one side of a connection: what it sends, and what it learns.
    static void verifyPings(JsonNode run) throws Mismatch {
        if (!run.isArray()) {
            throw new Mismatch("is not an array of steps");
        }
        PingClock clock = new PingClock();
        for (int i = 0; i < run.size(); i++) {
            VectorCase step = VectorCase.of(run.get(i));
            long nanos = step.u64("micros") * NANOS_PER_MICRO;
            if (step.has("receivedCount")) {
                verifyPut(i, step, clock, nanos);
            } else {
                verifyReceived(i, step, clock, nanos);
            }
        }
    }

    private static void verifyPut(int index, VectorCase step, PingClock clock, long nanos)
            throws Mismatch {
        ByteBuffer body = ByteBuffer.allocate(Wire.PING_BODY_BYTES);
        clock.put(nanos, step.u32("receivedCount"), step.u64("receivedSequence"), body);
        compare(
                "step " + index + ", the body",
                step.hex("body", Wire.PING_BODY_BYTES),
                body.array());
    }

    private static void verifyReceived(int index, VectorCase step, PingClock clock, long nanos)
            throws Mismatch {
        ByteBuffer body = ByteBuffer.wrap(step.hex("body", Wire.PING_BODY_BYTES));
        long roundTripNanos = clock.received(nanos, step.u64("sequence"), body);
        long expected =
                step.has("roundTripMicros")
                        ? step.u32("roundTripMicros") * NANOS_PER_MICRO
                        : PingClock.UNKNOWN;
        compare("step " + index + ", the round trip", expected, roundTripNanos);
        OptionalDouble loss =
                step.has("outboundLoss")
                        ? OptionalDouble.of(step.number("outboundLoss"))
                        : OptionalDouble.empty();
        compare("step " + index + ", the outbound loss", loss, clock.outboundLoss());
    }
}
