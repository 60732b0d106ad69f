package dev.hawser.testkit.vectors;

import com.fasterxml.jackson.databind.JsonNode;
import dev.hawser.protocol.crypto.CipherProvider;
import dev.hawser.protocol.crypto.Ciphers;
import dev.hawser.testkit.vectors.ConformanceReport.Failure;
import dev.hawser.testkit.vectors.ConformanceReport.Section;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;

/// Verifies test vectors of netcode 1.02, or of Hawser's extension of it, against this
/// implementation, case by case. Which of the two a file has is what its `version` says.
///
/// The file may come from anybody: sections may be missing, have any number of cases, and hold
/// anything at all. What cannot be read is a failure of its case like any other.
public final class Conformance {
    static final CipherProvider CIPHERS = Ciphers.best();
    static final String SESSION = "session";
    private static final String VERSION = "version";
    private static final String NETCODE = "NETCODE 1.02";

    /// What a file says about itself.
    private static final Set<String> METADATA = Set.of(VERSION, "reference");

    /// Verifies one case, and says by exception what is wrong with it.
    @FunctionalInterface
    interface Check {
        void verify(JsonNode vector) throws Mismatch;
    }

    /// Verifies a recorded session, and says by exception why there is none.
    @FunctionalInterface
    interface SessionCheck {
        List<Section> verify(VectorCase session) throws Mismatch;
    }

    /// A format of files.
    ///
    /// @param version what a file says that has it
    /// @param checks the sections that are lists of cases, in the order of the format
    private record Format(String version, Map<String, Check> checks, SessionCheck session) {}

    private static final Format STANDARD =
            new Format(NETCODE, standardChecks(), session -> new SessionVectors(session).verify());

    private static final Format EXTENSION =
            new Format(
                    ExtensionVectors.VERSION,
                    ExtensionVectors.checks(),
                    session -> new ExtensionSession(session).verify());

    private static Map<String, Check> standardChecks() {
        Map<String, Check> checks = new LinkedHashMap<>();
        checks.put("connectTokens", TokenVectors::verifyConnectToken);
        checks.put("challengeTokens", TokenVectors::verifyChallengeToken);
        checks.put("packets", PacketVectors::verifyPacket);
        checks.put("readVerdicts", PacketVectors::verifyReadVerdict);
        checks.put("replayWindows", PacketVectors::verifyReplayWindow);
        checks.put("addresses", TokenVectors::verifyAddress);
        return checks;
    }

    private Conformance() {}

    /// {@return what is right and what is not}
    ///
    /// The recorded session of the standard counts as three sections: `session.packets` (each
    /// opens, is the same bytes when sealed again, and is accepted by the machine it was sent to),
    /// `session.clientStates` (our client is in the recorded state at the recorded time) and
    /// `session.answers` (what our client, case 0, and our server, case 1, send themselves, as far
    /// as it does not depend on when they send). That of the extension has `session.packets` (our
    /// client and our server send the same bytes at the same time), `session.clientStates` and
    /// `session.moves`.
    public static ConformanceReport verify(Vectors vectors) {
        JsonNode root = vectors.root();
        List<Section> sections = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        Set<String> unknown = new TreeSet<>();
        root.fieldNames().forEachRemaining(unknown::add);
        unknown.removeAll(METADATA);
        Format format =
                EXTENSION.version.equals(root.path(VERSION).asText()) ? EXTENSION : STANDARD;
        verifyVersion(root, format, sections);
        format.checks.forEach((name, check) -> {
            if (root.has(name)) {
                sections.add(verifySection(name, root.get(name), check));
            } else {
                missing.add(name);
            }
            unknown.remove(name);
        });
        if (unknown.remove(SESSION)) {
            sections.addAll(verifySession(root.get(SESSION), format.session));
        } else {
            missing.add(SESSION);
        }
        return new ConformanceReport(sections, missing, List.copyOf(unknown));
    }

    private static void verifyVersion(JsonNode root, Format format, List<Section> sections) {
        JsonNode version = root.get(VERSION);
        if (version != null && !version.asText().equals(format.version)) {
            sections.add(
                    brokenSection(VERSION, "is " + version + ", but this is \"" + NETCODE + "\""));
        }
    }

    private static Section verifySection(String name, JsonNode section, Check check) {
        if (!section.isArray()) {
            return brokenSection(name, "is not an array of cases");
        }
        List<Failure> failures = new ArrayList<>();
        for (int i = 0; i < section.size(); i++) {
            JsonNode vector = section.get(i);
            failures.addAll(failures(i, () -> check.verify(vector)));
        }
        return new Section(name, section.size(), failures);
    }

    private static List<Section> verifySession(JsonNode session, SessionCheck check) {
        List<Section> sections = new ArrayList<>();
        List<Failure> failures =
                failures(
                        Failure.WHOLE_SECTION,
                        () -> sections.addAll(check.verify(VectorCase.of(session))));
        return failures.isEmpty() ? sections : List.of(new Section(SESSION, 0, failures));
    }

    private static Section brokenSection(String name, String difference) {
        return new Section(name, 0, List.of(failure(Failure.WHOLE_SECTION, difference)));
    }

    /// A step of a verification that may find something wrong.
    @FunctionalInterface
    interface Step {
        void run() throws Mismatch;
    }

    /// {@return what went wrong with a case: nothing or one thing}
    static List<Failure> failures(int index, Step step) {
        try {
            step.run();
            return List.of();
        } catch (Mismatch e) {
            return List.of(failure(index, String.valueOf(e.getMessage())));
        } catch (RuntimeException e) {
            // Whoever wrote the file is told which case it is, whatever this program made of it.
            return List.of(failure(index, "could not be verified: " + e));
        }
    }

    private static Failure failure(int index, String difference) {
        // Parts of it come from the file, and end on a terminal.
        return new Failure(index, difference.replaceAll("\\p{Cntrl}", "?"));
    }
}
