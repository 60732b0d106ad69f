package dev.hawser.tests.soak;

/// What becomes of one visit of a player: what the game answers, and how it ends.
///
/// @param answerNanos how long the game thinks
/// @param talkNanos from the connect to the end
record Fate(Answer answer, long answerNanos, Ending ending, long talkNanos) {
    /// What the game says to a newcomer.
    enum Answer {
        ACCEPT,
        ACCEPT_LATER,
        REFUSE,
        REFUSE_LATER,
        NEVER;

        boolean accepts() {
            return this == ACCEPT || this == ACCEPT_LATER;
        }

        boolean refuses() {
            return this == REFUSE || this == REFUSE_LATER;
        }

        boolean isSlow() {
            return this != ACCEPT && this != REFUSE;
        }
    }

    /// How a connection ends, unless something else ends it before.
    enum Ending {
        /// The client says goodbye.
        LEAVE,
        /// The client is gone from one moment to the next, and its link with it.
        VANISH,
        /// The game ends it.
        KICK,
        /// The same player connects by another client, while this one is still there.
        COME_BACK
    }
}
