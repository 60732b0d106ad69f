package dev.hawser.testkit.pair;

/// What happens to connections that were lost, and to those who come back for them, as it is seen
/// from outside the machines: [Invariants#resumeSteps()] counts it.
public enum ResumeStep {
    /// A server kept the slot of a client that fell silent.
    SUSPENDED,
    /// A kept slot was free again when its time was over.
    KEPT_TO_THE_END,
    /// A kept slot was given up by the application, or by a server that was stopped.
    KEPT_GIVEN_UP,
    /// A kept slot was ended by the same client, which came with a plain token.
    KEPT_REPLACED,
    /// A kept slot was free again since its server began to drain.
    KEPT_UNTIL_DRAIN,
    /// A server that drained did not keep the slot of a client that fell silent.
    NOT_KEPT_IN_DRAIN,

    /// A client went on with a connection that was kept for it.
    RESUMED_KEPT,
    /// A client went on with a connection of which the server had not noticed that it was lost.
    RESUMED_CONNECTED,
    /// A client named the token before the one that it was connected with, of which it had not
    /// heard.
    RESUMED_BY_FORMER_TAG,
    /// A client went on with a kept connection while no slot was free.
    RESUMED_AT_FULL_SERVER,
    /// A client went on with its connection at another member of the group.
    RESUMED_ELSEWHERE,

    /// Nobody knew the connection that a client wanted to go on with: a new one.
    NEW_OF_UNKNOWN,
    /// A client had said goodbye to the connection that it wanted to go on with: a new one.
    NEW_AFTER_GOODBYE,
    /// A client named somebody else's token: a new connection.
    NEW_WITH_ANOTHERS_TAG,

    /// A client was denied whose id was connected, or kept, under another token.
    DENIED_AS_REPLACED,
    /// A client was denied whose connection the server had ended itself.
    DENIED_AS_ENDED,
    /// A client was denied that would have gone on with its connection, at a server that drained.
    DENIED_IN_DRAIN,
    /// A client was denied that wanted to go on at another member, which had no slot free.
    DENIED_AT_FULL_MEMBER,

    /// A server had sent everybody on when the time of its drain was over.
    DRAINED
}
