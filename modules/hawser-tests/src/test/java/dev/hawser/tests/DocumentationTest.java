package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.source.tree.ClassTree;
import com.sun.source.tree.CompilationUnitTree;
import com.sun.source.tree.MethodTree;
import com.sun.source.tree.ModifiersTree;
import com.sun.source.tree.Tree;
import com.sun.source.tree.VariableTree;
import com.sun.source.util.DocTrees;
import com.sun.source.util.JavacTask;
import com.sun.source.util.TreePath;
import com.sun.source.util.TreePathScanner;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.regex.MatchResult;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/// What a user of the library can see says in a sentence what it is; the pages on the protocol and
/// the code lead to each other; the manual's contents are complete.
class DocumentationTest {
    private static final String PROTOCOL = "protocol.md";

    /// May be named as a whole too.
    private static final String EXTENSION = "extension.md";

    /// What follows the mention of a page: the section that it cites, and the numbers behind that.
    private static final String CITED =
            "(?: \"([^\"\\n]+)\")?((?: \\d+(?:, \\d+)*(?: and \\d+)?)?)";

    private static final Pattern NUMBER = Pattern.compile("\\d+");
    private static final Pattern HEADING = Pattern.compile("(?m)^(##|###) ((?:(\\d+)\\. )?.+)$");
    private static final Pattern CODE = Pattern.compile("`([^`]+)`");

    @Test
    void everythingVisibleInAnExportedPackageHasAComment() throws IOException {
        JavaCompiler javac = ToolProvider.getSystemJavaCompiler();
        try (StandardJavaFileManager files = javac.getStandardFileManager(null, null, null)) {
            var task =
                    (JavacTask)
                            javac.getTask(
                                    null,
                                    files,
                                    null,
                                    null,
                                    null,
                                    files.getJavaFileObjectsFromPaths(sources()));
            var comments = new Comments(DocTrees.instance(task), Built.exportedPackages());
            for (CompilationUnitTree file : task.parse()) {
                comments.scan(file, null);
            }

            assertThat(comments.seen).as("declarations looked at").isPositive();
            assertThat(comments.missing).as("declarations without a comment").isEmpty();
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {PROTOCOL, EXTENSION})
    void everyCitationOfThePageNamesASectionOfIt(String page) throws IOException {
        Set<String> sections = citable(Files.readString(page(page)));
        Pattern mention = Pattern.compile(Pattern.quote("docs/" + page) + CITED);
        Set<String> citingKinds = new TreeSet<>();
        List<String> wrong = new ArrayList<>();
        for (Path file : filesThatMayCite()) {
            Matcher citation = mention.matcher(Files.readString(file));
            while (citation.find()) {
                if (page.equals(EXTENSION) && citation.group(1) == null) {
                    continue;
                }
                citingKinds.add(kind(file));
                for (String section : cited(citation.toMatchResult())) {
                    if (!sections.contains(section)) {
                        wrong.add(file.getFileName() + " cites " + section);
                    }
                }
            }
        }

        List<String> kinds =
                page.equals(PROTOCOL) ? List.of("java", "ts", "txt") : List.of("java", "ts");
        assertThat(citingKinds).as("kinds of files that cite it").containsAll(kinds);
        assertThat(wrong).as("citations of no section").isEmpty();
    }

    @ParameterizedTest
    @ValueSource(strings = {PROTOCOL, EXTENSION})
    void theTableOfThePageNamesFilesThatExistForEachSection(String name) throws IOException {
        String page = Files.readString(page(name));
        List<String> headings =
                HEADING.matcher(page).results().map(heading -> heading.group(2)).toList();
        Set<String> names = new HashSet<>();
        for (Path file : filesThatMayCite()) {
            names.add(file.getFileName().toString());
        }

        List<String> sections = new ArrayList<>();
        List<String> missing = new ArrayList<>();
        for (String line : page.substring(page.lastIndexOf("\n## ")).split("\n", -1)) {
            String[] cells = line.split("\\|", -1);
            if (cells.length != 5 || !line.contains("`")) {
                continue;
            }
            String section = cells[1].strip();
            sections.add(section);
            for (String cell : List.of(cells[2], cells[3])) {
                List<String> files = CODE.matcher(cell).results().map(one -> one.group(1)).toList();
                if (files.isEmpty()) {
                    missing.add(section + ": no file");
                }
                files.stream()
                        .map(file -> file.contains(".") ? file : file + ".java")
                        .filter(file -> !names.contains(file))
                        .forEach(file -> missing.add(section + ": " + file));
            }
        }

        // The last heading is the table's own.
        assertThat(headings).hasSizeGreaterThan(1);
        assertThat(sections).isEqualTo(headings.subList(0, headings.size() - 1));
        assertThat(missing).as("files that the table names and that do not exist").isEmpty();
    }

    @Test
    void theContentsOfTheManualListEveryPage() throws IOException {
        Path docs = Built.root().resolve("docs");
        String contents = Files.readString(docs.resolve("README.md"));
        try (Stream<Path> files = Files.list(docs)) {
            List<String> pages =
                    files.map(file -> file.getFileName().toString())
                            .filter(name -> name.endsWith(".md") && !name.equals("README.md"))
                            .toList();
            assertThat(pages)
                    .contains("quickstart.md")
                    .allMatch(page -> contents.contains("](" + page + ")"));
        }
    }

    private static Path page(String name) {
        return Built.root().resolve("docs").resolve(name);
    }

    /// The headings of a page; those with a number also as the heading above them and that number.
    private static Set<String> citable(String page) {
        Set<String> sections = new HashSet<>();
        String above = "";
        for (MatchResult heading : HEADING.matcher(page).results().toList()) {
            sections.add(heading.group(2));
            if (heading.group(1).equals("##")) {
                above = heading.group(2);
            } else if (heading.group(3) != null) {
                sections.add(above + " " + heading.group(3));
            }
        }
        return sections;
    }

    private static List<String> cited(MatchResult citation) {
        String section = citation.group(1);
        if (section == null) {
            return List.of("nothing: the name in quotes follows on the same line");
        }
        List<String> numbered =
                NUMBER.matcher(citation.group(2))
                        .results()
                        .map(number -> section + " " + number.group())
                        .toList();
        return numbered.isEmpty() ? List.of(section) : numbered;
    }

    /// The sources of all modules and of the browser's client, and the tables of transitions.
    private static List<Path> filesThatMayCite() throws IOException {
        List<Path> folders = new ArrayList<>();
        Built.moduleFolders().forEach(module -> folders.add(module.resolve("src")));
        for (String folder : List.of("src", "test", "e2e")) {
            folders.add(Built.root().resolve("browser").resolve(folder));
        }
        List<Path> files = new ArrayList<>();
        for (Path folder : folders) {
            if (Files.isDirectory(folder)) {
                try (Stream<Path> all = Files.walk(folder)) {
                    all.filter(DocumentationTest::mayCite).forEach(files::add);
                }
            }
        }
        return files;
    }

    private static boolean mayCite(Path file) {
        String name = file.getFileName().toString();
        return name.endsWith(".java") || name.endsWith(".ts") || name.endsWith("-transitions.txt");
    }

    private static String kind(Path file) {
        String name = file.getFileName().toString();
        return name.substring(name.lastIndexOf('.') + 1);
    }

    private static List<Path> sources() throws IOException {
        List<Path> sources = new ArrayList<>();
        for (Path module : Built.moduleFolders()) {
            Path main = module.resolve("src/main/java");
            if (Files.isDirectory(main)) {
                try (Stream<Path> all = Files.walk(main)) {
                    all.filter(file -> file.toString().endsWith(".java")).forEach(sources::add);
                }
            }
        }
        return sources;
    }

    /// Goes down only where a user can see: not into hidden packages, hidden types, or methods.
    private static final class Comments extends TreePathScanner<Void, Void> {
        private final DocTrees trees;
        private final Set<String> packages;
        private final Set<String> missing = new TreeSet<>();
        private int seen;

        Comments(DocTrees trees, Set<String> packages) {
            this.trees = trees;
            this.packages = packages;
        }

        @Override
        public Void visitCompilationUnit(CompilationUnitTree file, Void unused) {
            var name = file.getPackageName();
            return name != null && packages.contains(name.toString())
                    ? super.visitCompilationUnit(file, null)
                    : null;
        }

        @Override
        public Void visitClass(ClassTree type, Void unused) {
            if (isVisible(type.getModifiers())) {
                look(type.getSimpleName().toString());
                return super.visitClass(type, null);
            }
            return null;
        }

        @Override
        public Void visitMethod(MethodTree method, Void unused) {
            boolean says =
                    method.getModifiers().getAnnotations().stream()
                            .anyMatch(one -> one.getAnnotationType().toString().equals("Override"));
            if (isVisible(method.getModifiers()) && !says) {
                look(method.getName().toString());
            }
            return null;
        }

        @Override
        public Void visitVariable(VariableTree field, Void unused) {
            // A component of a record is a private field to the compiler.
            if (isVisible(field.getModifiers())) {
                look(field.getName().toString());
            }
            return null;
        }

        private boolean isVisible(ModifiersTree modifiers) {
            Set<Modifier> flags = modifiers.getFlags();
            return flags.contains(Modifier.PUBLIC)
                    || flags.contains(Modifier.PROTECTED)
                    || (isInInterface() && !flags.contains(Modifier.PRIVATE));
        }

        private boolean isInInterface() {
            TreePath parent = getCurrentPath().getParentPath();
            return parent != null && parent.getLeaf().getKind() == Tree.Kind.INTERFACE;
        }

        private void look(String name) {
            seen++;
            if (trees.getDocComment(getCurrentPath()) == null) {
                CompilationUnitTree file = getCurrentPath().getCompilationUnit();
                long start = trees.getSourcePositions().getStartPosition(file, leaf());
                missing.add(
                        Path.of(file.getSourceFile().toUri()).getFileName()
                                + ":"
                                + file.getLineMap().getLineNumber(start)
                                + " "
                                + name);
            }
        }

        private Tree leaf() {
            return getCurrentPath().getLeaf();
        }
    }
}
