package dev.hawser.steam;

/// How Steam is to carry a payload.
///
/// A payload waits up to 5 milliseconds for others, to share their packet with them (Nagle); a
/// flush ends the wait, and a mode without Nagle does not wait.
public enum SteamSendMode {
    /// It may get lost, come late, or overtake others. As [dev.hawser.NetServer#send] promises.
    UNRELIABLE(0),
    /// The same, sent at once, together with what waits.
    UNRELIABLE_NO_NAGLE(1),
    /// The same, and where it could not be sent at once, because the connection is being made or
    /// sends as much as it may, it is not sent at all: [dev.hawser.SendResult#QUEUE_FULL].
    UNRELIABLE_NO_DELAY(5),
    /// It arrives, once, after all that were sent reliably before; or else the connection ends.
    RELIABLE(8),
    /// The same, sent at once, together with what waits.
    RELIABLE_NO_NAGLE(9);

    private static final int NO_NAGLE = 1;

    /// `k_nSteamNetworkingSend_…`.
    final int flags;

    SteamSendMode(int flags) {
        this.flags = flags;
    }

    /// {@return whether it waits for others}
    boolean waits() {
        return (flags & NO_NAGLE) == 0;
    }
}
