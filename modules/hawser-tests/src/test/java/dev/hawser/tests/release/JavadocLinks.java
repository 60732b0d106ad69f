package dev.hawser.tests.release;

import static java.nio.charset.StandardCharsets.UTF_8;

import dev.hawser.tests.release.Bundle.Component;
import java.net.URI;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;

/// Whether the pages of a module lead to pages that exist: its own, and those of other modules,
/// where javadoc.io shows them. Links to anybody else's are not followed.
final class JavadocLinks {
    static final String SITE = "https://javadoc.io/doc/dev.hawser/";

    private static final Pattern LINK = Pattern.compile("href=\"([^\"#]+)[^\"]*\"");

    private JavadocLinks() {}

    static List<String> check(Bundle bundle) {
        Map<String, Component> components = bundle.components();
        Map<String, Map<String, byte[]>> pages = new TreeMap<>();
        components.forEach((artifact, component) ->
                pages.put(
                        SITE + artifact + "/" + component.version() + "/",
                        Bundle.entries(component.file("-javadoc.jar"))));
        List<String> wrong = new ArrayList<>();
        pages.forEach((root, files) ->
                files.forEach((name, content) -> {
                    if (name.endsWith(".html")) {
                        URI page = URI.create(root + name);
                        for (String link : new TreeSet<>(links(content))) {
                            String target = page.resolve(link).toString();
                            if (target.startsWith(SITE) && !exists(pages, target)) {
                                wrong.add("the page %s leads to %s".formatted(page, target));
                            }
                        }
                    }
                }));
        return wrong;
    }

    private static List<String> links(byte[] page) {
        return LINK.matcher(new String(page, UTF_8))
                .results()
                .map((MatchResult match) -> match.group(1))
                .filter(link -> !link.startsWith("javascript:"))
                .toList();
    }

    private static boolean exists(Map<String, Map<String, byte[]>> pages, String target) {
        return pages.entrySet().stream()
                .filter(component -> target.startsWith(component.getKey()))
                .anyMatch(component ->
                        component
                                .getValue()
                                .containsKey(file(target.substring(component.getKey().length()))));
    }

    private static String file(String path) {
        return path.isEmpty() || path.endsWith("/") ? path + "index.html" : path;
    }
}
