package dev.hawser.cli.demo;

import dev.hawser.cli.option.Limits;
import dev.hawser.cli.option.OptionRules;
import dev.hawser.cli.option.UnsignedLongConverter;
import dev.hawser.transport.LinkConditions;
import java.security.SecureRandom;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/// What the demo is to do to the links of its clients.
final class LinkOptions {
    static final String[] NAMES = {
        "--latency",
        "--jitter",
        "--loss",
        "--burst-loss",
        "--duplicate",
        "--reorder",
        "--rate",
        "--seed"
    };

    @Spec(Spec.Target.MIXEE)
    @SuppressWarnings("NullAway.Init") // Set by picocli.
    private CommandSpec spec;

    @Option(
            names = "--latency",
            paramLabel = "MS",
            description =
                    "Milliseconds that each packet travels, 0 to "
                            + DemoLink.LATENCY_MILLIS_MAX
                            + ".")
    private int latencyMillis;

    @Option(
            names = "--jitter",
            paramLabel = "MS",
            description =
                    "Up to so many milliseconds more, 0 to " + DemoLink.JITTER_MILLIS_MAX + ".")
    private int jitterMillis;

    @Option(
            names = "--loss",
            paramLabel = "SHARE",
            description = "The share of packets to lose, 0 to 1: 0.05 for five in a hundred.")
    private double loss;

    @Option(
            names = "--burst-loss",
            paramLabel = "SHARE:LENGTH",
            converter = BurstsConverter.class,
            description =
                    "The share of packets to lose in bursts, and how many in a row on average:"
                            + " 0.03:8.")
    private Bursts bursts = Bursts.NONE;

    @Option(
            names = "--duplicate",
            paramLabel = "SHARE",
            description = "The share of packets that arrive twice, 0 to 1.")
    private double duplication;

    @Option(
            names = "--reorder",
            paramLabel = "SHARE",
            description = "The share of packets to hold back, so that others overtake them.")
    private double reordering;

    @Option(
            names = "--rate",
            paramLabel = "BYTES",
            description =
                    "Bytes a second that a link carries, "
                            + DemoLink.RATE_MIN
                            + " to "
                            + DemoLink.RATE_MAX
                            + "; a client sends about 5000.")
    private @Nullable Integer bytesPerSecond;

    @Option(
            names = "--seed",
            paramLabel = "N",
            converter = UnsignedLongConverter.class,
            description = "What chance on the links follows from, instead of a new number.")
    private @Nullable Long seed;

    /// {@return the links that were asked for}
    DemoLink link() {
        Limits.check(spec, "--latency", latencyMillis, 0, DemoLink.LATENCY_MILLIS_MAX);
        Limits.check(spec, "--jitter", jitterMillis, 0, DemoLink.JITTER_MILLIS_MAX);
        Limits.checkShare(spec, "--loss", loss);
        Limits.checkShare(spec, "--duplicate", duplication);
        Limits.checkShare(spec, "--reorder", reordering);
        LinkConditions conditions =
                LinkConditions.NONE
                        .latencyMillis(latencyMillis)
                        .jitterMillis(jitterMillis)
                        .loss(loss)
                        .duplication(duplication)
                        .reordering(reordering);
        if (bursts.share() > 0) {
            LinkConditions.BurstLoss burstLoss = bursts.toBurstLoss();
            conditions =
                    conditions.burstLoss(burstLoss.enter(), burstLoss.leave(), burstLoss.loss());
        }
        if (bytesPerSecond != null) {
            Limits.check(spec, "--rate", bytesPerSecond, DemoLink.RATE_MIN, DemoLink.RATE_MAX);
            conditions =
                    conditions
                            .bytesPerSecond(bytesPerSecond)
                            .queueBytes(DemoLink.queueBytes(bytesPerSecond));
        }
        // One that people can read out and type.
        long anySeed = Integer.toUnsignedLong(new SecureRandom().nextInt());
        DemoLink link = new DemoLink(conditions, bursts, seed == null ? anySeed : seed);
        boolean leavesToChance =
                jitterMillis > 0
                        || loss > 0
                        || bursts.share() > 0
                        || duplication > 0
                        || reordering > 0;
        OptionRules.onlyWith(
                spec,
                "--jitter, --loss, --burst-loss, --duplicate or --reorder",
                leavesToChance,
                "--seed");
        return link;
    }
}
