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
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Stream;
import javax.lang.model.element.Modifier;
import javax.tools.JavaCompiler;
import javax.tools.StandardJavaFileManager;
import javax.tools.ToolProvider;
import org.junit.jupiter.api.Test;

/// What a user of the library can see says in a sentence what it is.
class DocumentationTest {
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
