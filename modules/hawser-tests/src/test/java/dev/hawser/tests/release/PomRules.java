package dev.hawser.tests.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.tests.release.Bundle.Component;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/// What a POM must say, and must not.
final class PomRules {
    private static final Pattern SNAPSHOT = Pattern.compile("[\\w.-]+-SNAPSHOT");

    /// One version, and no choice among several.
    private static final Pattern VERSION = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]*");

    private PomRules() {}

    static List<String> coordinates(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        bundle.components()
                .forEach((artifact, component) -> {
                    Pom pom = component.pom();
                    expect(wrong, component, "groupId", pom.text("groupId"), Bundle.GROUP);
                    expect(wrong, component, "artifactId", pom.text("artifactId"), artifact);
                    expect(wrong, component, "version", pom.text("version"), component.version());
                    expect(wrong, component, "modelVersion", pom.text("modelVersion"), "4.0.0");
                });
        return wrong;
    }

    private static void expect(
            List<String> wrong, Component component, String name, String value, String expected) {
        if (!value.equals(expected)) {
            wrong.add(
                    "the POM of %s has the %s '%s', and lies where '%s' belongs"
                            .formatted(component, name, value, expected));
        }
    }

    static List<String> noSnapshot(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            if (component.version().endsWith("-SNAPSHOT")) {
                wrong.add(component + " is a snapshot: release a version without that suffix");
            }
            // A parent, a plugin, or what a library brings along, too.
            for (String ending : List.of(".pom", "-cyclonedx.json")) {
                String text = new String(component.file(ending), UTF_8);
                Matcher snapshot = SNAPSHOT.matcher(text);
                if (snapshot.find()) {
                    wrong.add(
                            "%s%s names %s, a snapshot"
                                    .formatted(component, ending, snapshot.group()));
                }
            }
        }
        return wrong;
    }

    static List<String> described(Bundle bundle) {
        return missing(bundle, List.of("name"), List.of("description"), List.of("url"));
    }

    static List<String> licensed(Bundle bundle) {
        return missing(
                bundle,
                List.of("licenses", "license", "name"),
                List.of("licenses", "license", "url"));
    }

    static List<String> developed(Bundle bundle) {
        return missing(
                bundle,
                List.of("developers", "developer", "name"),
                List.of("developers", "developer", "organization"));
    }

    static List<String> sourced(Bundle bundle) {
        return missing(
                bundle,
                List.of("scm", "connection"),
                List.of("scm", "developerConnection"),
                List.of("scm", "url"));
    }

    @SafeVarargs
    private static List<String> missing(Bundle bundle, List<String>... paths) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            for (List<String> path : paths) {
                String value = component.pom().text(path.toArray(String[]::new));
                if (value.isEmpty() || value.contains("${")) {
                    wrong.add(
                            "the POM of %s has '%s' as <%s>: give it in pom.xml"
                                    .formatted(component, value, String.join("><", path)));
                }
            }
        }
        return wrong;
    }

    /// Those of this project must be there; others' are on Central already, or nothing was built.
    static List<String> parents(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        Map<String, Component> components = bundle.components();
        for (Component component : components.values()) {
            for (Pom parent : component.pom().all("parent")) {
                Component there = components.get(parent.text("artifactId"));
                if (parent.text("groupId").equals(Bundle.GROUP)
                        && (there == null || !there.version().equals(parent.text("version")))) {
                    wrong.add(
                            "the parent of %s, %s, is not in the bundle: publish it, or flatten"
                                    .formatted(component, name(parent)));
                }
            }
        }
        return wrong;
    }

    static List<String> dependenciesResolve(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        Map<String, Component> components = bundle.components();
        for (Component component : components.values()) {
            for (Pom dependency : dependencies(component)) {
                String version = version(component, dependency);
                if (dependency.text("scope").equals("system")) {
                    wrong.add(
                            "%s takes %s from a file of its own machine"
                                    .formatted(component, name(dependency)));
                } else if (!VERSION.matcher(version).matches()
                        || version.equals("LATEST")
                        || version.equals("RELEASE")) {
                    wrong.add(
                            "%s depends on %s in the version '%s', which is not one version"
                                    .formatted(component, name(dependency), version));
                } else if (dependency.text("groupId").equals(Bundle.GROUP)) {
                    Component there = components.get(dependency.text("artifactId"));
                    if (there == null || !there.version().equals(version)) {
                        wrong.add(
                                "%s depends on %s, which is not in the bundle"
                                        .formatted(component, name(dependency)));
                    }
                }
            }
        }
        return wrong;
    }

    static List<String> noRepositories(Bundle bundle) {
        List<String> wrong = new ArrayList<>();
        for (Component component : bundle.components().values()) {
            for (String kind :
                    List.of("repositories", "pluginRepositories", "distributionManagement")) {
                if (!component.pom().all(kind).isEmpty()) {
                    wrong.add("the POM of %s has <%s>: take it out".formatted(component, kind));
                }
            }
        }
        return wrong;
    }

    static List<Pom> dependencies(Component component) {
        List<Pom> all = new ArrayList<>(component.pom().all("dependencies", "dependency"));
        all.addAll(component.pom().all("dependencyManagement", "dependencies", "dependency"));
        return all;
    }

    /// {@return the version that a dependency states, which may be the one of who depends on it}
    static String version(Component component, Pom dependency) {
        return dependency.text("version").replace("${project.version}", component.version());
    }

    static String name(Pom dependency) {
        return dependency.text("groupId")
                + ":"
                + dependency.text("artifactId")
                + ":"
                + dependency.text("version");
    }
}
