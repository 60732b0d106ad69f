package dev.hawser.online.fleet;

import dev.hawser.Refusal;
import dev.hawser.protocol.StatedReason;
import dev.hawser.time.SystemClock;

/// What a newcomer is told whom the service, or a command of it, keeps out.
final class AdmissionRefusals {
    private static final int RETRY_AFTER_MAX = 0xffff;

    private AdmissionRefusals() {}

    /// {@return what an answer is to a newcomer that it does not let in}
    static Refusal of(AdmissionAnswer answer) {
        return switch (answer) {
            case AdmissionAnswer.Banned(long until, String why) ->
                    new Refusal.Banned(why, secondsUntil(until));
            case AdmissionAnswer.Draining(int retryAfterSeconds) ->
                    new Refusal.Draining("", retryAfterSeconds);
            // One for another connection than this: of a service that mixes them up.
            case AdmissionAnswer.TokenUsed(), AdmissionAnswer.Admitted _ -> new Refusal.TokenUsed();
            case AdmissionAnswer.Other() -> new Refusal.Internal(AdmissionDesk.RETRY_SECONDS);
        };
    }

    private static int secondsUntil(long unixSeconds) {
        long seconds = unixSeconds - SystemClock.WALL_CLOCK.unixSeconds();
        return seconds < 0 || seconds > RETRY_AFTER_MAX ? 0 : (int) seconds;
    }

    /// {@return what is said to a newcomer whose connection would be ended for this}
    static Refusal of(StatedReason reason) {
        return switch (reason.code()) {
            case StatedReason.BANNED ->
                    new Refusal.Banned(reason.text(), reason.retryAfterSeconds());
            case StatedReason.REPLACED -> new Refusal.AlreadyConnected();
            default -> new Refusal.TokenUsed();
        };
    }
}
