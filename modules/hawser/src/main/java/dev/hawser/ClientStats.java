package dev.hawser;

/// What a client has sent, received and dropped since it was made. A snapshot, which any thread may
/// read. More figures may come with later versions.
public final class ClientStats extends TrafficStats {
    private ClientStats(Builder builder) {
        super(builder);
    }

    /// {@return a builder in which nothing has happened}
    public static Builder builder() {
        return new Builder();
    }

    @Override
    public String toString() {
        return "ClientStats[" + figures() + "]";
    }

    /// Collects what a kind of connection knows; also for tests of games. Each method replaces what
    /// was set before and returns the builder.
    public static final class Builder extends TrafficStats.Builder<Builder> {
        private Builder() {}

        @Override
        Builder self() {
            return this;
        }

        /// {@return the snapshot}
        public ClientStats build() {
            return new ClientStats(this);
        }
    }
}
