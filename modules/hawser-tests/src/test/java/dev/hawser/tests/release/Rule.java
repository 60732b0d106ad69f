package dev.hawser.tests.release;

import java.util.List;
import java.util.function.Function;

/// What a bundle must be: the rules that Maven Central publishes, and below them our own.
enum Rule {
    LAYOUT(
            "Files lie as in a Maven repository, below group, artifact and version, and are named after the last two",
            FileRules::layout),
    COMPLETE("Each file belongs to a POM, and all have one version", FileRules::complete),
    SIZE("The bundle has at most 1 GB", FileRules::size),
    COORDINATES("A POM has the coordinates of the place where it lies", PomRules::coordinates),
    NO_SNAPSHOT("Nothing is a snapshot, and nothing depends on one", PomRules::noSnapshot),
    DESCRIBED("A POM has a name, a description and a URL", PomRules::described),
    LICENSED("A POM has a licence, with its name and its URL", PomRules::licensed),
    DEVELOPED("A POM has a developer, with a name and an organisation", PomRules::developed),
    SOURCED(
            "A POM says where the sources are: connection, developer connection and URL",
            PomRules::sourced),
    PARENTS("A parent is in the bundle, or not this project's", PomRules::parents),
    DEPENDENCIES(
            "Each dependency has one version, and is in a repository; those of this project are in the bundle",
            PomRules::dependenciesResolve),
    NO_REPOSITORIES(
            "No POM has repositories, plugin repositories or a place to deploy to",
            PomRules::noRepositories),
    SOURCES("Beside each jar there is one with its sources", FileRules::sources),
    JAVADOC("Beside each jar there is one with its documentation", FileRules::javadoc),
    CHECKSUMS("Each file has an MD5 and a SHA-1, and they are right", FileRules::checksums),
    SIGNATURES("Each file has a signature", FileRules::signatures),

    MODULES("Each jar can be read, and is a module", FileRules::modules),
    NO_TESTS("No jar has tests, and no POM names what tests need", FileRules::noTests),
    NATIVES("Each native library in a jar is one that is pinned", FileRules::natives),
    MATERIALS(
            "Each component has a CycloneDX SBOM, with its dependencies and without those of tests",
            FileRules::materials),
    LINKS("Links of the documentation, between modules too, lead to a page", JavadocLinks::check);

    private final String sentence;
    private final Function<Bundle, List<String>> check;

    Rule(String sentence, Function<Bundle, List<String>> check) {
        this.sentence = sentence;
        this.check = check;
    }

    String sentence() {
        return sentence;
    }

    /// {@return what breaks the rule, a sentence each}
    List<String> check(Bundle bundle) {
        return check.apply(bundle);
    }
}
