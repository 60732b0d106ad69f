package dev.hawser.tests.simulation;

import static dev.hawser.tests.simulation.Change.call;
import static dev.hawser.tests.simulation.Change.callEndsWith;
import static dev.hawser.tests.simulation.Change.callReturns;
import static dev.hawser.tests.simulation.Change.callsInstead;
import static dev.hawser.tests.simulation.Change.constant;
import static dev.hawser.tests.simulation.Change.doesNothing;
import static dev.hawser.tests.simulation.Change.each;
import static dev.hawser.tests.simulation.Change.first;
import static dev.hawser.tests.simulation.Change.reads;
import static dev.hawser.tests.simulation.Change.returns;
import static dev.hawser.tests.simulation.Change.withoutCall;
import static dev.hawser.tests.simulation.Change.writes;
import static dev.hawser.tests.simulation.Rewrites.admitsEverybody;
import static dev.hawser.tests.simulation.Rewrites.getsInstead;
import static dev.hawser.tests.simulation.Rewrites.networkIsAddress;
import static dev.hawser.tests.simulation.Rewrites.withoutResult;

import dev.hawser.protocol.CorrectedClock;
import dev.hawser.protocol.Drop;
import dev.hawser.protocol.machine.ClientState;
import java.util.List;

/// The rules of the protocol and its hardening, each with a mutant that breaks it: read from top to
/// bottom, this is the list of what the tests can see.
final class Mutants {
    private static final String SERVER = "machine.ServerMachine";
    private static final String NEWCOMERS = "machine.Newcomers";
    private static final String CLIENT = "machine.ClientMachine";
    private static final String ATTEMPT = "machine.ClientAttempt";
    private static final String CLIENT_PACKETS = "machine.ClientPackets";
    private static final String REQUESTS = "machine.ConnectionRequestReader";
    private static final String HISTORY = "machine.TokenHistory";
    private static final String PENDING = "machine.PendingConnection";
    private static final String PENDINGS = "machine.PendingConnections";
    private static final String CLOCK = "CorrectedClock";
    private static final String RULES = "machine.SlotRules";
    private static final String DEADLINES = "machine.ServerDeadlines";
    private static final String PACKETS = "machine.ServerPackets";
    private static final String SLOT = "machine.ClientSlot";
    private static final String SLOTS = "machine.ClientSlots";
    private static final String BITMAP = "machine.SlotBitmap";
    private static final String WINDOW = "wire.ReplayWindow";
    private static final String READER = "wire.PacketReader";
    private static final String SODIUM = "dev.hawser.sodium.SodiumAead";

    private Mutants() {}

    /// A rule, and what is left of it.
    ///
    /// @param rule what must hold, in the words of the protocol
    /// @param type the class that is changed: its full name, or what follows `dev.hawser.protocol`
    /// @param mutation what is different
    /// @param changes which make it so
    /// @param killer the method of [Directed] that must fail
    /// @param reason what its failure must say: an invariant, or the words of the scenario
    record Mutant(
            String rule,
            String type,
            String mutation,
            List<Change> changes,
            String killer,
            String reason) {
        String className() {
            return type.startsWith("dev.") ? type : "dev.hawser.protocol." + type;
        }

        @Override
        public String toString() {
            return rule + " — " + mutation + " — " + killer;
        }
    }

    static Mutant mutant(
            String rule,
            String type,
            String mutation,
            Change change,
            String killer,
            String reason) {
        return new Mutant(rule, type, mutation, List.of(change), killer, reason);
    }

    static List<Mutant> all() {
        return List.of(
                // ---- docs/protocol.md "Hardening" 1: one connection per token
                mutant(
                        "a token leads to one connection",
                        HISTORY,
                        "tokens are not consumed",
                        doesNothing("consume"),
                        "aTokenThatWasUsedIsRefused",
                        "ONE_CONNECTION_PER_TOKEN"),
                mutant(
                        "a token leads to one connection",
                        HISTORY,
                        "tokens are not consumed",
                        doesNothing("consume"),
                        "aReplayedHandshakeSlotsNobody",
                        "ONE_CONNECTION_PER_TOKEN"),
                mutant(
                        "a token leads to one connection",
                        HISTORY,
                        "tokens are not consumed",
                        doesNothing("consume"),
                        "simulation",
                        "ONE_CONNECTION_PER_TOKEN"),
                mutant(
                        "connecting ends every pending entry of the address",
                        NEWCOMERS,
                        "the others stay, and their tokens with them",
                        doesNothing("consumeAllOf"),
                        "aGivenSlotConsumesEveryTokenOfTheAddress",
                        "lives on"),
                mutant(
                        "a token belongs to the address it came from",
                        HISTORY,
                        "any address will do",
                        getsInstead("admit", Drop.TOKEN_FROM_OTHER_ADDRESS, Drop.NONE),
                        "aTokenBelongsToTheAddressItCameFrom",
                        "ONLY_VALID_TOKENS_ANSWERED"),

                // ---- docs/protocol.md "Hardening" 2: one challenge per pending entry
                mutant(
                        "repeated requests get the same challenge",
                        NEWCOMERS,
                        "each makes a new entry with a new challenge",
                        call("considerRequest", "find", Rewrites::forgetWhatIsFound),
                        "aRepeatedRequestGetsTheSameChallenge",
                        "ONE_CHALLENGE_PER_PENDING"),
                mutant(
                        "a response counts only with the challenge of its entry",
                        "machine.Challenges",
                        "any sequence that this start has sealed",
                        each("isAnswer", Rewrites::comparesAsEqual),
                        "aChallengeAnswersForItsOwnEntryAlone",
                        "another's challenge"),

                // ---- docs/protocol.md "Hardening" 3: forgetting by expiry, limits on lifetimes
                mutant(
                        "a full history refuses new tokens",
                        HISTORY,
                        "a new token pushes out older ones",
                        call("admit", "forgetExpired", Rewrites::forgetEverything),
                        "aFullHistoryRefusesNewTokensRatherThanForget",
                        "a full history took"),
                mutant(
                        "what has expired is forgotten",
                        HISTORY,
                        "nothing is",
                        doesNothing("forgetExpired"),
                        "aHistoryOfExpiredTokensHasRoom",
                        "it did not come about"),
                mutant(
                        "what was forgotten stays refused",
                        HISTORY,
                        "until the clock is set back",
                        returns("mayHaveForgotten", false),
                        "timeThatRunsBackwardsRevivesNoToken",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "a clock that is wrong for a moment is not believed",
                        CLOCK,
                        "it is, at once",
                        constant("update", CorrectedClock.HELD_NANOS_MIN, 0L),
                        "aClockThatIsWrongForATickChangesNothing",
                        "deaf"),
                mutant(
                        "a clock that was set right is believed",
                        CLOCK,
                        "the first one is for ever",
                        constant("update", CorrectedClock.HELD_NANOS_MIN, Long.MAX_VALUE),
                        "aClockThatWasWrongAtTheStartDeafensNobody",
                        "deaf"),
                mutant(
                        "the start moves with the clock",
                        REQUESTS,
                        "it stays ahead",
                        returns("correctedStart", 4_000_000_000L),
                        "aClockThatWasWrongAtTheStartDeafensNobody",
                        "deaf"),
                mutant(
                        "the start moves with the clock",
                        REQUESTS,
                        "it stays behind",
                        returns("correctedStart", 0L),
                        "theStartMovesWithTheClock",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "an expired token is refused",
                        REQUESTS,
                        "it is not",
                        getsInstead("checkLifetime", Drop.TOKEN_EXPIRED, Drop.NONE),
                        "anExpiredTokenIsRefused",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "a token that may be older than the start is refused",
                        REQUESTS,
                        "it is not",
                        getsInstead("checkLifetime", Drop.TOKEN_OLDER_THAN_START, Drop.NONE),
                        "aTokenOlderThanTheStartIsRefused",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "a token that outlives the limit is refused",
                        REQUESTS,
                        "it is not",
                        getsInstead("checkLifetime", Drop.TOKEN_OUTLIVES_LIMIT, Drop.NONE),
                        "aTokenThatOutlivesTheLimitIsRefused",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "lifetimes are limited",
                        REQUESTS,
                        "no limit at all",
                        returns("checkLifetime", Drop.NONE),
                        "aTokenOlderThanTheStartIsRefused",
                        "ONLY_VALID_TOKENS_ANSWERED"),
                mutant(
                        "timestamps are unsigned",
                        "UnixTime",
                        "they are compared as signed",
                        callsInstead("compare", "compareUnsigned", "compare"),
                        "aTokenThatNeverExpiresIsValid",
                        "is after its expireTimestamp 18446744073709551615"),

                // ---- docs/protocol.md "Hardening" 4: bounded pending state
                mutant(
                        "an address has at most four pending entries",
                        PENDINGS,
                        "any number",
                        returns("count", 0),
                        "anAddressHasFourPendingEntries",
                        "more than four"),
                mutant(
                        "a network has a bound of pending entries",
                        PENDINGS,
                        "it has none",
                        reads("add", "perNetworkMax", Integer.MAX_VALUE),
                        "aNetworkHasABoundOfPendingEntries",
                        "more than three"),
                mutant(
                        "an IPv6 network is a /64",
                        PENDINGS,
                        "it is an address",
                        networkIsAddress(),
                        "aNetworkHasABoundOfPendingEntries",
                        "more than three"),
                mutant(
                        "all pending entries have a bound",
                        "machine.ServerConfig",
                        "it is very large",
                        returns("pendingMax", 1 << 10),
                        "allPendingEntriesHaveABound",
                        "more than five"),
                mutant(
                        "no pending entry overwrites another",
                        NEWCOMERS,
                        "a new one of the same address ends the last one",
                        call("considerRequest", "add", Rewrites::forgetTheFirst),
                        "noPendingEntryOverwritesAnother",
                        "ONE_CHALLENGE_PER_PENDING"),
                mutant(
                        "packets are not tried in place",
                        NEWCOMERS,
                        "the second entry gets what the first attempt has left",
                        call("openUnderPending", "put", Rewrites::copyForTheFirstOnly),
                        "aFailedAttemptLeavesTheNextEntryItsChance",
                        "did not open"),
                mutant(
                        "an authentic disconnect ends its entry",
                        SERVER,
                        "it does not",
                        withoutCall("handleDisconnect", "forget"),
                        "aDisconnectPacketEndsItsEntry",
                        "still there"),
                mutant(
                        "an entry dies with the timeout of its token",
                        PENDING,
                        "after 30 seconds at the earliest",
                        callsInstead("extendLife", "min", "max"),
                        "anEntryDiesWithTheTimeoutOfItsToken",
                        "NOTHING_LEAKED"),
                mutant(
                        "strangers get no state",
                        "wire.PrivateToken",
                        "tokens are read whether they open or not",
                        callEndsWith("open", "open", true),
                        "aTokenNobodySealedIsRefused",
                        "NO_STATE_FOR_STRANGERS"),
                mutant(
                        "the token lists this server",
                        "wire.PrivateToken",
                        "or any other",
                        returns("indexOf", 0),
                        "aTokenForAnotherServerIsRefused",
                        "ONLY_VALID_TOKENS_ANSWERED"),

                // ---- docs/protocol.md "Hardening" 5: keys and nonces leave memory
                mutant(
                        "keys are erased when a slot is freed",
                        SLOT,
                        "they stay",
                        doesNothing("erase"),
                        "nothingIsLeftOfAConnection",
                        "KEYS_ERASED"),
                mutant(
                        "keys are erased when a pending entry dies",
                        PENDING,
                        "they stay",
                        doesNothing("erase"),
                        "nothingIsLeftOfAConnection",
                        "KEYS_ERASED"),
                mutant(
                        "keys are erased when a request was read",
                        REQUESTS,
                        "they stay",
                        doesNothing("forgetToken"),
                        "aDeniedClientLeavesNoKeys",
                        "KEYS_ERASED"),
                mutant(
                        "keys are erased when a client ends",
                        ATTEMPT,
                        "they stay",
                        doesNothing("erase"),
                        "nothingIsLeftOfAConnection",
                        "KEYS_ERASED"),
                mutant(
                        "a request that was opened is erased from its buffer",
                        "wire.PrivateToken",
                        "it stays for the transport to see",
                        withoutResult("open", "put"),
                        "nothingIsLeftOfAConnection",
                        "KEYS_ERASED"),
                mutant(
                        "a request that was opened is erased from its buffer",
                        "crypto.JdkAead",
                        "a copy stays in the cipher",
                        withoutCall("open", "fill"),
                        "nothingIsLeftInTheCiphersOfTheJdk",
                        "a key is left"),
                mutant(
                        "a request that was opened is erased from its buffer",
                        SODIUM,
                        "a copy stays in the memory of libsodium",
                        doesNothing("eraseText"),
                        "nothingIsLeftInLibsodium",
                        "a key is left"),
                mutant(
                        "a server's sequence never runs into the next server's",
                        SLOT,
                        "it does",
                        returns("hasSequenceLeft", true),
                        "aServerEndsAConnectionWhoseSequenceIsUsedUp",
                        "of the next server"),
                mutant(
                        "a client's sequence never wraps",
                        ATTEMPT,
                        "it does",
                        returns("hasSequenceLeft", true),
                        "aClientEndsAConnectionWhoseSequenceIsUsedUp",
                        "begun again"),
                mutant(
                        "the global sequence never wraps",
                        PACKETS,
                        "it does",
                        returns("isGlobalSequenceUsedUp", false),
                        "aServerWhoseGlobalSequenceIsUsedUpIsSilent",
                        "NONCE_USED_ONCE"),

                // ---- docs/protocol.md "Hardening" 6: sequences that never meet
                new Mutant(
                        "the global sequence lives in the upper half",
                        PACKETS,
                        "it starts at 0",
                        List.of(
                                writes("<init>", "globalSequence", 0L),
                                returns("isGlobalSequenceUsedUp", false)),
                        "challengesAndKeepAlivesShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "the global sequence starts at a random place",
                        PACKETS,
                        "it starts at 2^63",
                        constant("<init>", (1L << 62) - 1, 0L),
                        "twoServersOfATokenShareNoNonceBeforeTheSlot",
                        "NONCE_USED_ONCE"),
                mutant(
                        "each server of a token has sequences of its own",
                        PENDING,
                        "all start at 0",
                        callReturns("begin", "firstSequence", 0L),
                        "twoServersOfATokenShareNoNonceBehindTheSlot",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a token of the second of the start gets sequences of its own",
                        REQUESTS,
                        "it starts at 0 again",
                        returns("mayPrecedeStart", false),
                        "aRestartWithinTheSecondOfTheTokenSharesNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a server uses each number once",
                        PACKETS,
                        "payloads do not count",
                        constant("payload", 1L, 0L),
                        "payloadsShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a server uses each number once",
                        PACKETS,
                        "keep-alives do not count",
                        constant("keepAlive", 1L, 0L),
                        "simulation",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a client uses each number once",
                        CLIENT_PACKETS,
                        "payloads do not count",
                        constant("payload", 1L, 0L),
                        "payloadsShareNoNonce",
                        "NONCE_USED_ONCE"),
                mutant(
                        "a client counts on from server to server",
                        ATTEMPT,
                        "it starts again at 0",
                        first("dial", Rewrites::startSequenceAgain),
                        "aClientCountsOnFromServerToServer",
                        "NONCE_USED_ONCE"),

                // ---- docs/protocol.md "Hardening" 7: hash lookups without chosen collisions
                new Mutant(
                        "the hash of ids and tokens depends on a key",
                        "machine.KeyedMap",
                        "it is the same everywhere",
                        List.of(reads("slotOf", "hashKey0", 0L), reads("slotOf", "hashKey1", 0L)),
                        "twoStartsHashIdsDifferently",
                        "the same everywhere"),
                new Mutant(
                        "the hash of addresses depends on a key",
                        "machine.AddressIndex",
                        "it is the same everywhere",
                        List.of(reads("hash", "hashKey0", 0L), reads("hash", "hashKey1", 0L)),
                        "twoStartsHashAddressesDifferently",
                        "the same everywhere"),

                // ---- Replays from the past, and from another server
                mutant(
                        "a packet counts once",
                        WINDOW,
                        "it counts again",
                        returns("alreadyReceived", false),
                        "aReplayedPayloadIsDropped",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "a packet counts once",
                        WINDOW,
                        "it counts again",
                        returns("alreadyReceived", false),
                        "simulation",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "a slot begins behind the first response",
                        SLOT,
                        "it begins with a fresh window",
                        call("begin", "resetAfter", Rewrites::resetOnly),
                        "whatWasMeantForAnEarlierServerIsDropped",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "the window moves only for what has opened",
                        READER,
                        "it moves for what claims to be new",
                        call("open", "alreadyReceived", Rewrites::advanceBeforeOpening),
                        "aForgedPacketDoesNotMoveTheWindow",
                        "deaf"),
                mutant(
                        "sequences are unsigned",
                        WINDOW,
                        "they are compared as signed",
                        callsInstead("alreadyReceived", "compareUnsigned", "compare"),
                        "sequencesInTheUpperHalfAreCountedToo",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "ages are found by subtracting",
                        WINDOW,
                        "the window is added to the sequence",
                        first("alreadyReceived", Rewrites::addTheWindow),
                        "theLastSequencesAreHeardToo",
                        "counts as old"),
                mutant(
                        "nothing counts that does not open",
                        READER,
                        "everything does",
                        callEndsWith("open", "open", true),
                        "aForgedPacketIsDropped",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "only keep-alives and payloads keep a slot",
                        NEWCOMERS,
                        "responses do as well",
                        call("handleResponse", "noPending", Rewrites::refreshTheSlot),
                        "replayedResponsesKeepNobodyAlive",
                        "GHOSTS_LEAVE"),

                // ---- The server
                mutant(
                        "an id and an address have one slot",
                        RULES,
                        "as many as they like",
                        returns("checkNotConnected", Drop.NONE),
                        "anIdAndAnAddressHaveOneSlot",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a slot is taken over only under that policy",
                        RULES,
                        "always",
                        returns("mayTakeOver", true),
                        "aSlotIsTakenOverOnlyUnderThatPolicy",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a slot is taken over only with a token that came after it",
                        RULES,
                        "with any token",
                        reads("mayTakeOver", "slotNumber", 0L),
                        "aSlotIsTakenOverOnlyWithATokenThatCameAfterIt",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a token that came after the slot may take it over",
                        RULES,
                        "no token",
                        reads("mayTakeOver", "slotNumber", Long.MAX_VALUE),
                        "aSlotIsTakenOverWithATokenOfTheSameSecond",
                        "not taken over"),
                mutant(
                        "a slot that is taken over counts as free",
                        RULES,
                        "a full server denies",
                        callReturns("hasSlotFor", "ofClientId", null),
                        "aSlotIsTakenOverWithALaterToken",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "the lowest free slot is taken",
                        BITMAP,
                        "the highest is",
                        call("lowestFree", "numberOfTrailingZeros", Rewrites::highestBit),
                        "theLowestFreeSlotIsTaken",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a slot that was freed is free",
                        SLOTS,
                        "it is lost",
                        withoutCall("release", "release"),
                        "aSlotIsUsedAgain",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "what is freed leaves the maps",
                        SLOTS,
                        "it stays",
                        withoutCall("release", "remove"),
                        "aSlotIsUsedAgain",
                        "NOTHING_LEAKED"),
                mutant(
                        "what is freed leaves the maps",
                        PENDINGS,
                        "networks stay full",
                        withoutCall("remove", "remove"),
                        "nothingIsLeftOfAConnection",
                        "entries are left"),
                mutant(
                        "nobody gets in whom the application has not admitted",
                        NEWCOMERS,
                        "everybody does",
                        admitsEverybody(),
                        "nobodyGetsInWithoutTheApplication",
                        "ADMISSION_HEEDED"),
                mutant(
                        "nobody gets in whom the application has refused",
                        NEWCOMERS,
                        "everybody does",
                        admitsEverybody(),
                        "aRefusedClientStaysOutside",
                        "ADMISSION_HEEDED"),
                mutant(
                        "an application that does not answer in time says no",
                        PENDING,
                        "the client waits",
                        returns("hasWaitedTooLong", false),
                        "aClientThatWaitsTooLongIsDenied",
                        "it ended as"),
                mutant(
                        "a later answer is checked again",
                        NEWCOMERS,
                        "the answer of the first check holds",
                        callReturns("slot", "checkNotConnected", Drop.NONE),
                        "aLaterAnswerIsCheckedAgain",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "replies are smaller than requests",
                        NEWCOMERS,
                        "four challenges for a request",
                        call("considerRequest", "challenge", Rewrites::fourTimes),
                        "repliesAreSmallerThanRequests",
                        "REPLIES_SMALLER_THAN_REQUESTS"),
                mutant(
                        "a payload to an unconfirmed client follows a keep-alive",
                        SERVER,
                        "it goes alone",
                        reads("send", "isConfirmed", true),
                        "aPayloadToAnUnconfirmedClientFollowsAKeepAlive",
                        "KEEP_ALIVE_BEFORE_PAYLOAD"),
                new Mutant(
                        "who is silent loses its slot",
                        DEADLINES,
                        "it keeps it",
                        List.of(returns("mayTimeOut", false)),
                        "whoIsSilentLosesItsSlot",
                        "GHOSTS_LEAVE"),
                mutant(
                        "a server that stood still has not listened",
                        DEADLINES,
                        "it takes that for silence",
                        doesNothing("look"),
                        "aServerThatStoodStillHearsOutItsClients",
                        "SILENCE_IS_HEARD_OUT"),

                // ---- The client
                mutant(
                        "a client that stood still has not listened",
                        ATTEMPT,
                        "it takes that for silence",
                        doesNothing("look"),
                        "aClientThatStoodStillHearsOutItsServer",
                        "SILENCE_IS_HEARD_OUT"),
                mutant(
                        "the time for the first answer counts from the first request",
                        CLIENT,
                        "from the connect",
                        reads("sendDue", "hasRequested", true),
                        "aServerHasTimeToAnswerTheFirstRequest",
                        "SILENCE_IS_HEARD_OUT"),
                mutant(
                        "a client hears the server it has dialled",
                        CLIENT,
                        "and everybody else",
                        callReturns("handleDatagram", "sameAs", true),
                        "aClientHearsItsServerAlone",
                        "PAYLOADS_ONCE_AND_UNALTERED"),
                mutant(
                        "a client is connected when it has a slot",
                        CLIENT,
                        "when it is challenged",
                        getsInstead(
                                "handleChallenge",
                                ClientState.SENDING_CONNECTION_RESPONSE,
                                ClientState.CONNECTED),
                        "aClientIsConnectedWhenTheServerSaysSo",
                        "CONNECTED_MEANS_SLOT"),
                mutant(
                        "a client that hears nothing gives up",
                        ATTEMPT,
                        "it waits for ever",
                        returns("hasTimedOut", false),
                        "aClientThatHearsNothingGivesUp",
                        "NO_IDLE_WAKING"),
                mutant(
                        "nobody is woken without a reason",
                        CLIENT,
                        "the client always is",
                        returns("nextTimeout", 0L),
                        "nobodyIsWokenWithoutAReason",
                        "NO_IDLE_WAKING"),

                // ---- The extension block
                mutant(
                        "reasons are for those who understand them",
                        PACKETS,
                        "for everybody",
                        callReturns("disconnects", "statesReasons", true),
                        "whoDoesNotUnderstandReasonsGetsNone",
                        "with bodies"),
                mutant(
                        "the last five disconnect packets are empty",
                        PACKETS,
                        "none is",
                        constant("disconnects", 5, 10),
                        "fiveOfTenDisconnectPacketsSayWhy",
                        "bodies"),
                mutant(
                        "every second denial is empty",
                        HISTORY,
                        "none is",
                        returns("takesTurnToSpeak", true),
                        "everySecondDenialSaysWhy",
                        "bodies"),
                mutant(
                        "a reason without the block is dropped",
                        READER,
                        "it is read",
                        returns("extensionsNeeded", 0),
                        "aReasonWithoutTheBlockIsDropped",
                        "a body was read"));
    }
}
