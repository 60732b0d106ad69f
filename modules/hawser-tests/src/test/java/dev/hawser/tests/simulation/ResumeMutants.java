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

import dev.hawser.protocol.machine.ServerEvent;
import dev.hawser.tests.simulation.Mutants.Mutant;
import java.util.List;

/// The rules of docs/extension.md "Resume" and docs/protocol.md "Draining", each with a mutant that
/// breaks it: the continuation of [Mutants].
final class ResumeMutants {
    private static final String SERVER = "machine.ServerMachine";
    private static final String NEWCOMERS = "machine.Newcomers";
    private static final String RULES = "machine.SlotRules";
    private static final String GROUP = "machine.ServerGroup";
    private static final String DEADLINES = "machine.ServerDeadlines";
    private static final String SLOT = "machine.ClientSlot";
    private static final String SLOTS = "machine.ClientSlots";

    private ResumeMutants() {}

    static List<Mutant> all() {
        return List.of(
                // ---- Kept slots
                mutant(
                        "the slot of a client that fell silent is kept",
                        SERVER,
                        "it is not",
                        callReturns("handleSlotDue", "mayResume", false),
                        "whoFellSilentHasItsSlotAgain",
                        "SLOTS_ARE_KEPT"),
                mutant(
                        "nothing is kept of a client that cannot come back",
                        SERVER,
                        "its slot is",
                        callReturns("handleSlotDue", "mayResume", true),
                        "nothingIsKeptOfWhoCannotComeBack",
                        "SLOTS_ARE_KEPT"),
                mutant(
                        "a kept slot is nobody else's",
                        SLOTS,
                        "it is free",
                        call("suspend", "erase", Rewrites::freeTheSlot),
                        "aKeptSlotIsNobodyElses",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a slot is kept for its time",
                        DEADLINES,
                        "for none",
                        reads("keptUntil", "keepSlotNanos", 0L),
                        "whoFellSilentHasItsSlotAgain",
                        "SLOTS_ARE_KEPT"),
                mutant(
                        "a slot is kept for its time",
                        DEADLINES,
                        "for ever",
                        reads("keptUntil", "keepSlotNanos", 1L << 60),
                        "aKeptSlotIsFreeWhenItsTimeIsOver",
                        "GHOSTS_LEAVE"),
                mutant(
                        "nobody stands still when the last one has gone",
                        DEADLINES,
                        "who waits does",
                        callReturns("look", "isEmpty", false),
                        "theEndOfAKeptSlotIsNotPutOffWhenTheLastOneGoes",
                        "GHOSTS_LEAVE"),
                mutant(
                        "the keys of a client that fell silent are erased",
                        SLOTS,
                        "they stay",
                        withoutCall("suspend", "erase"),
                        "aKeptSlotIsFreeWhenItsTimeIsOver",
                        "KEYS_ERASED"),
                mutant(
                        "the address of a client that fell silent is forgotten",
                        SLOTS,
                        "it stays",
                        withoutCall("suspend", "remove"),
                        "theAddressOfALostClientIsFree",
                        "its address is taken"),
                mutant(
                        "a plain token ends what is kept",
                        RULES,
                        "it waits",
                        reads("mayComeBeside", "isSuspended", false),
                        "aPlainTokenEndsWhatIsKept",
                        "it must wait"),
                mutant(
                        "a client that fell silent gets no packets",
                        SERVER,
                        "it is told that it was replaced",
                        reads("replace", "isConnected", true),
                        "aPlainTokenEndsWhatIsKept",
                        "KEYS_ERASED"),
                mutant(
                        "a client that fell silent gets no packets",
                        SERVER,
                        "it is told that it was sent away",
                        reads("disconnect", "isConnected", true),
                        "aKeptSlotMayBeGivenUp",
                        "KEYS_ERASED"),

                // ---- Who goes on
                mutant(
                        "who names its connection goes on with it",
                        RULES,
                        "nobody does",
                        returns("resumes", false),
                        "whoFellSilentHasItsSlotAgain",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who resumes takes its own slot",
                        NEWCOMERS,
                        "it is somebody new",
                        callReturns("takeSlot", "resumes", false),
                        "whoFellSilentHasItsSlotAgain",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who resumes needs no free slot",
                        RULES,
                        "a full server denies",
                        callReturns("hasSlotFor", "ofClientId", null),
                        "aKeptSlotIsNobodyElses",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who resumes goes on whatever the policy for a second connection is",
                        RULES,
                        "it is refused as a second one",
                        reads("mayComeBeside", "isResuming", false),
                        "whatIsNotKnownToBeLostGoesOnToo",
                        "it has not resumed"),
                mutant(
                        "who resumes is not put before the application again",
                        NEWCOMERS,
                        "it is",
                        callReturns("admission", "resumes", false),
                        "nobodyIsAskedTwice",
                        "asked again"),
                mutant(
                        "an address has one client, also when somebody resumes",
                        RULES,
                        "it has two",
                        reads("mayComeBeside", "clientId", 0L),
                        "nobodyResumesAtTheAddressOfAnother",
                        "SLOTS_AS_TOKENS_SAY"),
                mutant(
                        "a former tag is good until the client knows the next one",
                        SLOT,
                        "it is not",
                        returns("mayNameFormerTag", false),
                        "aTagIsGoodUntilItsClientKnowsTheNextOne",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "a former tag is good until the client knows the next one",
                        SLOT,
                        "for ever",
                        reads("mayNameFormerTag", "isConfirmed", false),
                        "aTagIsGoodUntilItsClientKnowsTheNextOne",
                        "RESUMES_AS_TOKENS_SAY"),

                // ---- Who does not
                mutant(
                        "a device that wakes does not displace what replaced it",
                        SLOT,
                        "any tag will do",
                        returns("isOfToken", true),
                        "whoWakesDoesNotDisplaceWhatReplacedIt",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who may not resume is denied",
                        RULES,
                        "it is somebody new",
                        returns("denial", null),
                        "whoWakesDoesNotDisplaceWhatReplacedIt",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who was replaced is told, also once that one has left",
                        SERVER,
                        "it is somebody new",
                        reads("end", "REPLACED", ServerEvent.Cause.SERVER_DISCONNECTED),
                        "whoWakesDoesNotDisplaceWhatReplacedIt",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who was sent away is told why",
                        SERVER,
                        "it is not remembered",
                        withoutCall("end", "ended"),
                        "whoWasSentAwayIsToldWhyForAMinute",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who was sent away is told why",
                        GROUP,
                        "it is not told",
                        returns("reasonOfEnd", null),
                        "whoWasSentAwayIsToldWhyForAMinute",
                        "RESUMES_AS_TOKENS_SAY"),
                new Mutant(
                        "who was sent away is told why for a minute",
                        GROUP,
                        "for ever",
                        List.of(
                                constant("reasonOfEnd", 60_000_000_000L, 1L << 60),
                                doesNothing("forgetEnded")),
                        "whoWasSentAwayIsToldWhyForAMinute",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who was sent away is forgotten after a minute",
                        GROUP,
                        "it is not",
                        doesNothing("forgetEnded"),
                        "whoWasSentAwayIsForgotten",
                        "remembered for ever"),
                mutant(
                        "of those sent away so many are remembered",
                        "machine.ServerGroup$1",
                        "all",
                        returns("removeEldestEntry", false),
                        "ofThoseSentAwaySoManyAreRemembered",
                        "more than 4096"),
                mutant(
                        "who was sent away is told by the tag that it knows of",
                        GROUP,
                        "by the latest one",
                        callReturns("ended", "mayNameFormerTag", false),
                        "whoWasSentAwayBeforeItKnewThatItHadResumedIsTold",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "nobody is told why somebody else was sent away",
                        "machine.ServerGroup$Name",
                        "everybody is who knows the tag",
                        writes("<init>", "clientId", 0L),
                        "theTagOfSomebodyElseIsWorthNothing",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "who left is somebody new",
                        SERVER,
                        "it is denied",
                        reads("end", "REPLACED", ServerEvent.Cause.CLIENT_DISCONNECTED),
                        "whoLeftIsSomebodyNew",
                        "RESUMES_AS_TOKENS_SAY"),

                // ---- Servers that drain
                mutant(
                        "a server that drains gives kept slots up",
                        SERVER,
                        "it keeps them",
                        withoutCall("drain", "end"),
                        "aServerThatDrainsKeepsNobody",
                        "NOBODY_IN_A_DRAIN"),
                mutant(
                        "a server that drains keeps no slot",
                        SERVER,
                        "it does",
                        reads("handleSlotDue", "isDraining", false),
                        "aServerThatDrainsKeepsNobody",
                        "NOBODY_IN_A_DRAIN"),
                mutant(
                        "a server that drains denies requests",
                        NEWCOMERS,
                        "it does not",
                        reads("considerRequest", "draining", null),
                        "aServerThatDrainsLetsNobodyIn",
                        "NOBODY_IN_A_DRAIN"),
                mutant(
                        "a server that drains gives no slot to who has a challenge",
                        NEWCOMERS,
                        "it does",
                        reads("admission", "draining", null),
                        "aServerThatDrainsLetsNobodyIn",
                        "NOBODY_IN_A_DRAIN"),

                // ---- Several servers
                mutant(
                        "a connection goes on at every member of its group",
                        GROUP,
                        "only where it was",
                        returns("ofClientId", null),
                        "aConnectionGoesOnAtAnotherMember",
                        "RESUMES_AS_TOKENS_SAY"),
                mutant(
                        "a member leaves a client that goes on at another one",
                        SERVER,
                        "it keeps its slot",
                        doesNothing("abandon"),
                        "aConnectionGoesOnAtAnotherMember",
                        "NOTHING_LEAKED"));
    }
}
