package dev.hawser.tests;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.InputStream;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.lang.classfile.Attributes;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.attribute.InnerClassInfo;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleReader;
import java.lang.module.ModuleReference;
import java.lang.reflect.AccessFlag;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.spi.ToolProvider;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/// What others compile against is committed, as the JDK's `javap` prints it: `surface.txt` of each
/// module that exports packages to everybody. Whoever changes it sees in the change what breaks.
class PublicSurfaceTest {
    private static final Map<String, ModuleReference> MODULES = Built.modules();

    static Stream<String> modules() {
        return MODULES.values().stream()
                .map(ModuleReference::descriptor)
                .filter(module -> !exportedPackages(module).isEmpty())
                .map(ModuleDescriptor::name)
                .filter(name -> !name.equals("dev.hawser.examples"));
    }

    @ParameterizedTest
    @MethodSource("modules")
    void isTheCommittedOne(String module) throws IOException {
        String surface = surfaceOf(MODULES.get(module));
        String folder = "modules/" + module.replaceFirst("^dev\\.", "").replace('.', '-');
        Path committed = Built.root().resolve(folder).resolve("surface.txt");
        Path present = Files.createDirectories(Path.of("target/surface")).resolve(module + ".txt");
        Files.writeString(present, surface);
        assertThat(Files.exists(committed) ? Files.readString(committed) : "")
                .as(
                        "the public surface of %s; if the change is meant, run: cp %s %s",
                        module, present.toAbsolutePath(), committed)
                .isEqualTo(surface);
    }

    private static Set<String> exportedPackages(ModuleDescriptor module) {
        return module.exports().stream()
                .filter(exported -> !exported.isQualified())
                .map(ModuleDescriptor.Exports::source)
                .collect(Collectors.toSet());
    }

    private static String surfaceOf(ModuleReference module) throws IOException {
        List<String> arguments = new ArrayList<>();
        arguments.addAll(List.of("-protected", "-cp"));
        arguments.add(Path.of(module.location().orElseThrow()).toString());
        arguments.addAll(visibleClasses(module));
        StringWriter out = new StringWriter();
        PrintWriter writer = new PrintWriter(out);
        ToolProvider javap = ToolProvider.findFirst("javap").orElseThrow();
        assertThat(javap.run(writer, writer, arguments.toArray(String[]::new)))
                .as("%s", out)
                .isZero();
        return out.toString().replaceAll("(?m)^Compiled from .*\\R", "");
    }

    /// The classes that code of other modules can name, also nested ones.
    private static List<String> visibleClasses(ModuleReference module) throws IOException {
        Set<String> exported = exportedPackages(module.descriptor());
        try (ModuleReader reader = module.open();
                Stream<String> entries = reader.list()) {
            List<String> visible = new ArrayList<>();
            for (String entry : entries.filter(it -> it.endsWith(".class")).sorted().toList()) {
                String name = entry.substring(0, entry.length() - ".class".length());
                int end = name.lastIndexOf('/');
                if (end > 0
                        && exported.contains(name.substring(0, end).replace('/', '.'))
                        && isVisible(classFile(reader, name))
                        && isVisible(classFile(reader, outermost(name)))) {
                    visible.add(name.replace('/', '.'));
                }
            }
            return visible;
        }
    }

    private static ClassModel classFile(ModuleReader reader, String name) throws IOException {
        try (InputStream in = reader.open(name + ".class").orElseThrow()) {
            return ClassFile.of().parse(in.readAllBytes());
        }
    }

    private static String outermost(String name) {
        return name.replaceFirst("\\$.*", "");
    }

    /// A nested class is as visible as it and all around it say. The class file has those that are
    /// nested themselves; the outermost is another file.
    private static boolean isVisible(ClassModel one) {
        if (!one.flags().has(AccessFlag.PUBLIC)) {
            return false;
        }
        String own = one.thisClass().asInternalName();
        return one.findAttribute(Attributes.innerClasses()).stream()
                .flatMap(inner -> inner.classes().stream())
                .filter(inner -> isAround(inner, own))
                .allMatch(inner -> inner.has(AccessFlag.PUBLIC) || inner.has(AccessFlag.PROTECTED));
    }

    private static boolean isAround(InnerClassInfo inner, String own) {
        String name = inner.innerClass().asInternalName();
        return own.equals(name) || own.startsWith(name + "$");
    }
}
