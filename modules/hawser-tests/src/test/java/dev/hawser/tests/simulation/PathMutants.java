package dev.hawser.tests.simulation;

import static dev.hawser.tests.simulation.Change.call;
import static dev.hawser.tests.simulation.Change.callReturns;
import static dev.hawser.tests.simulation.Change.constant;
import static dev.hawser.tests.simulation.Change.doesNothing;
import static dev.hawser.tests.simulation.Change.reads;
import static dev.hawser.tests.simulation.Change.returns;
import static dev.hawser.tests.simulation.Change.withoutCall;
import static dev.hawser.tests.simulation.Change.writes;
import static dev.hawser.tests.simulation.Mutants.mutant;

import dev.hawser.protocol.Drop;
import dev.hawser.tests.simulation.Mutants.Mutant;
import java.util.List;

/// The rules of connections that survive a changed address, each with a mutant that breaks it, as
/// [Mutants] has the others.
final class PathMutants {
    private static final String PATHS = "machine.ServerPaths";
    private static final String SLOTS = "machine.ClientSlots";
    private static final String SLOT = "machine.ClientSlot";
    private static final String PACKETS = "machine.ServerPackets";
    private static final String CLIENT = "machine.ClientMachine";
    private static final String CLIENT_PACKETS = "machine.ClientPackets";
    private static final String REQUESTS = "machine.ConnectionRequestReader";
    private static final String CLIENT_PATH = "path.ClientPath";
    private static final String CANDIDATE = "path.PathCandidate";
    private static final String KEY = "path.PathKey";
    private static final String PINGS = "measure.PingClock";
    private static final String LOSS = "measure.OutboundLoss";

    private PathMutants() {}

    static List<Mutant> all() {
        return List.of(
                // ---- docs/extension.md: the client asks
                new Mutant(
                        "a client that hears nothing asks for its path",
                        CLIENT,
                        "it waits",
                        List.of(
                                constant("sendPathAndPing", 500_000_000L, 1L << 60),
                                constant("pathOrPingDue", 500_000_000L, 1L << 60)),
                        "aClientThatHearsNothingAsksForItsPath",
                        "it has not moved"),
                mutant(
                        "a client whose network has changed asks at once",
                        CLIENT,
                        "it waits until it hears nothing",
                        withoutCall("networkChanged", "probe"),
                        "aClientWhoseNetworkHasChangedAsksAtOnce",
                        "it asks late"),
                mutant(
                        "a client of which nothing is heard asks",
                        CLIENT_PATH,
                        "it does not",
                        withoutCall("answered", "probe"),
                        "aClientOfWhichNothingIsHeardAsks",
                        "MOVES_ARE_SURVIVED"),
                mutant(
                        "a server tells whom it does not hear",
                        PATHS,
                        "it says nothing",
                        withoutCall("sayNothingHeard", "answer"),
                        "aClientOfWhichNothingIsHeardAsks",
                        "MOVES_ARE_SURVIVED"),
                mutant(
                        "a server tells whom it does not hear",
                        PATHS,
                        "it says nothing",
                        withoutCall("sayNothingHeard", "answer"),
                        "aClientThatMovesBeforeItIsHeardIsTold",
                        "MOVES_ARE_SURVIVED"),
                mutant(
                        "who may not know that it is connected gets keep-alives",
                        PATHS,
                        "it is told that nothing of it is heard",
                        withoutCall("sayNothingHeard", "keepAlive"),
                        "aClientThatMayNotKnowThatItIsConnectedGetsKeepAlives",
                        "keep-alives"),
                mutant(
                        "a client asks until it is confirmed",
                        CLIENT_PATH,
                        "and for ever",
                        writes("answered", "isProbing", true),
                        "aClientAsksUntilItIsConfirmed",
                        "it asks for ever"),
                mutant(
                        "a client answers challenges",
                        CLIENT_PATH,
                        "it does not",
                        returns("owesResponse", false),
                        "aClientThatHearsNothingAsksForItsPath",
                        "it has not moved"),
                mutant(
                        "nobody sees anything of it who has not asked for it",
                        PACKETS,
                        "everybody does",
                        reads("keepAlive", "hasPath", true),
                        "aStandardClientSeesNothingOfIt",
                        "it did not come about"),

                // ---- docs/extension.md: the server moves
                mutant(
                        "only the newest packet tells of another address",
                        PATHS,
                        "any does",
                        callReturns("considerElsewhere", "isNewest", true),
                        "onlyTheNewestPacketTellsOfAnotherAddress",
                        "a late copy was heeded"),
                mutant(
                        "an address of another client is not moved to",
                        PATHS,
                        "it is",
                        callReturns("considerElsewhere", "ofAddress", null),
                        "anAddressOfAnotherClientIsNotMovedTo",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a move answers its challenge",
                        CANDIDATE,
                        "any response will do",
                        returns("isAnsweredBy", true),
                        "aMoveAnswersItsChallenge",
                        "moved without an answer"),
                mutant(
                        "a challenge is answered from where it went",
                        CANDIDATE,
                        "from anywhere",
                        callReturns("isAnsweredBy", "sameAs", true),
                        "aChallengeIsAnsweredFromWhereItWent",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "a candidate dies after two seconds",
                        CANDIDATE,
                        "it lives on",
                        returns("isAlive", true),
                        "aCandidateDies",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "a newer packet from where the client is ends the candidate",
                        CANDIDATE,
                        "it does not",
                        doesNothing("heardElsewhere"),
                        "aNewerPacketFromHomeEndsTheCandidate",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "each candidate has its own challenge",
                        CANDIDATE,
                        "the next one gets that of the last one",
                        callReturns("request", "sameAs", true),
                        "eachCandidateHasItsOwnChallenge",
                        "one challenge for two addresses"),
                mutant(
                        "a repeated request gets the same challenge",
                        CANDIDATE,
                        "it gets a new one",
                        callReturns("request", "sameAs", false),
                        "eachCandidateHasItsOwnChallenge",
                        "another challenge for the same address"),
                mutant(
                        "a client moves ten times a second",
                        CANDIDATE,
                        "as often as it likes",
                        returns("hasJustMoved", false),
                        "aClientMovesTenTimesASecond",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "a move ends every pending entry of the address",
                        PATHS,
                        "they stay",
                        withoutCall("handleResponse", "consumeAllOf"),
                        "aMoveEndsWhoIsComingInFromThere",
                        "still knocks"),
                mutant(
                        "a move is confirmed at once",
                        PATHS,
                        "when the client asks again",
                        withoutCall("handleResponse", "answer"),
                        "aMoveIsConfirmedAtOnce",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "a move changes the address of the slot",
                        SLOTS,
                        "it stays",
                        doesNothing("move"),
                        "aMoveIsConfirmedAtOnce",
                        "MOVES_AS_CHALLENGED"),
                mutant(
                        "a path request shows that the client is there",
                        PATHS,
                        "it does not",
                        writes("handle", "lastReceivedNanos", 0L),
                        "whoeverAsksIsHeard",
                        "SILENCE_IS_HEARD_OUT"),
                mutant(
                        "path packets of an earlier server are dropped",
                        SLOT,
                        "they count",
                        call("begin", "resetAfter", Rewrites::resetOnly),
                        "whatWasAskedOfAnEarlierServerIsDropped",
                        "an earlier server's path request"),
                new Mutant(
                        "who copied the latest packet is overtaken by the next one",
                        CLIENT,
                        "a client that hears nothing does not ask",
                        List.of(
                                constant("sendPathAndPing", 500_000_000L, 1L << 60),
                                constant("pathOrPingDue", 500_000_000L, 1L << 60)),
                        "aRelayKeepsNothing",
                        "MOVES_ARE_SURVIVED"),
                mutant(
                        "path answers are smaller than what they answer",
                        PATHS,
                        "confirmed is said twice",
                        call("answer", "pathAnswer", Rewrites::answerTwice),
                        "aPathRequestIsAnsweredWithLess",
                        "REPLIES_SMALLER_THAN_REQUESTS"),

                // ---- docs/extension.md: one sequence for all
                mutant(
                        "a server uses each number once",
                        PACKETS,
                        "path answers do not count",
                        constant("pathAnswer", 1L, 0L),
                        "pathPacketsShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a server uses each number once",
                        PACKETS,
                        "pings do not count",
                        constant("ping", 1L, 0L),
                        "pathPacketsShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a client uses each number once",
                        CLIENT_PACKETS,
                        "path packets do not count",
                        constant("path", 1L, 0L),
                        "pathPacketsShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a client uses each number once",
                        CLIENT_PACKETS,
                        "pings do not count",
                        constant("ping", 1L, 0L),
                        "pathPacketsShareNoNonce",
                        "NONCE_USED_ONCE"),

                // ---- docs/extension.md: connections that nobody has
                mutant(
                        "a server that started again says that it did",
                        REQUESTS,
                        "it says nothing",
                        returns("pathKeyOf", null),
                        "aServerThatStartedAgainSaysSo",
                        "it is CONNECTED"),
                mutant(
                        "a client believes a reset",
                        CLIENT,
                        "it does not",
                        returns("handleReset", Drop.NOT_AUTHENTIC),
                        "aServerThatStartedAgainSaysSo",
                        "it is CONNECTED"),
                new Mutant(
                        "a connection that there is is not reset",
                        PATHS,
                        "it is",
                        List.of(
                                callReturns("handle", "ofPath", null),
                                callReturns("handleUnknown", "hasPath", false)),
                        "aConnectionThatThereIsIsNotReset",
                        "RESET_OF_UNKNOWN_ONLY"),
                mutant(
                        "a connection that the server has ended is not reset",
                        PATHS,
                        "it is",
                        callReturns("handleUnknown", "hasEnded", false),
                        "aConnectionThatTheServerHasEndedIsNotReset",
                        "RESET_OF_UNKNOWN_ONLY"),
                mutant(
                        "what no server has named is met with silence",
                        KEY,
                        "with a reset",
                        returns("hasMade", true),
                        "whatNoServerHasNamedIsMetWithSilence",
                        "RESET_OF_UNKNOWN_ONLY"),
                mutant(
                        "a server checks so many unknown paths a second",
                        PATHS,
                        "all",
                        returns("hasCheckLeft", true),
                        "unknownPathsAreCheckedSeldom",
                        "more than a thousand"),
                mutant(
                        "a client that has heard its server believes no reset",
                        CLIENT_PATH,
                        "it does",
                        doesNothing("opened"),
                        "aClientThatHasHeardItsServerBelievesNoReset",
                        "whom it had just heard"),
                mutant(
                        "a client believes its own reset alone",
                        CLIENT_PATH,
                        "any",
                        callReturns("isReset", "isEqual", true),
                        "aClientBelievesItsOwnResetAlone",
                        "any word"),

                // ---- docs/extension.md: pings
                mutant(
                        "the time that a ping is held is no round trip",
                        PINGS,
                        "it is",
                        returns("heldMicros", 0),
                        "aRoundTripIsMeasuredWithoutTheTimeThatAPingIsHeld",
                        "round trip"),
                mutant(
                        "reports are compared over a few hundred packets",
                        LOSS,
                        "they are not",
                        doesNothing("reported"),
                        "bothSidesLearnHowMuchIsLost",
                        "loss"),
                mutant(
                        "what a side reports is what arrived",
                        "machine.ConnectionMeter",
                        "nothing is said to arrive",
                        reads("putPing", "numberedPacketsIn", 0L),
                        "bothSidesLearnHowMuchIsLost",
                        "loss"));
    }
}
