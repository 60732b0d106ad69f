package dev.hawser.tests;

import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAPackage;
import static com.tngtech.archunit.core.domain.JavaClass.Predicates.resideInAnyPackage;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noClasses;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noFields;
import static com.tngtech.archunit.lang.syntax.ArchRuleDefinition.noMethods;
import static com.tngtech.archunit.library.GeneralCodingRules.ACCESS_STANDARD_STREAMS;
import static java.util.Map.entry;
import static java.util.stream.Collectors.counting;
import static java.util.stream.Collectors.groupingBy;
import static java.util.stream.Collectors.toSet;
import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.base.DescribedPredicate;
import com.tngtech.archunit.core.domain.AccessTarget.ConstructorCallTarget;
import com.tngtech.archunit.core.domain.JavaAccess;
import com.tngtech.archunit.core.domain.JavaClass;
import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaCodeUnit;
import com.tngtech.archunit.core.domain.JavaMember;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.domain.JavaModifier;
import com.tngtech.archunit.core.domain.PackageMatcher;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import com.tngtech.archunit.core.importer.Location;
import com.tngtech.archunit.library.dependencies.SliceAssignment;
import com.tngtech.archunit.library.dependencies.SliceIdentifier;
import com.tngtech.archunit.library.dependencies.SlicesRuleDefinition;
import java.io.IOException;
import java.lang.classfile.ClassFile;
import java.lang.classfile.ClassModel;
import java.lang.classfile.constantpool.MemberRefEntry;
import java.lang.classfile.constantpool.PoolEntry;
import java.lang.module.ModuleDescriptor;
import java.lang.module.ModuleFinder;
import java.lang.module.ModuleReference;
import java.net.URI;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Calendar;
import java.util.Date;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.function.Predicate;
import java.util.stream.Stream;
import org.jspecify.annotations.NullMarked;
import org.junit.jupiter.api.Test;

/// The rules of the house that a compiler does not know.
class ArchitectureTest {
    private static final String PROTOCOL = "dev.hawser.protocol..";
    private static final String CLI = "dev.hawser.cli..";
    private static final String EXAMPLES = "dev.hawser.examples..";

    /// Here processes are started and waited for; time passes there whether a test likes it or not.
    private static final String PROCESS_TESTS = "dev.hawser.tests.processes..";

    /// In the signatures of constructors that providers of ciphers alone can call.
    private static final Set<String> ONLY_FOR_PROVIDERS =
            Set.of("dev.hawser.protocol.crypto.CipherProvider");

    private static final Set<String> SLEEPERS =
            Set.of(Thread.class.getName(), TimeUnit.class.getName());

    /// Each module, and the modules that it may use besides the JDK's.
    private static final Map<String, Set<String>> ARROWS =
            Map.ofEntries(
                    entry("dev.hawser.protocol", Set.of()),
                    entry("dev.hawser.sodium", Set.of("dev.hawser.protocol")),
                    entry("dev.hawser", Set.of("dev.hawser.protocol")),
                    entry(
                            "dev.hawser.online",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "com.fasterxml.jackson.core")),
                    entry("dev.hawser.steam", Set.of("dev.hawser.protocol", "dev.hawser")),
                    entry(
                            "dev.hawser.tls",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "org.bouncycastle.pkix",
                                    "org.bouncycastle.provider")),
                    entry(
                            "dev.hawser.web",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "dev.hawser.tls",
                                    "io.netty.buffer",
                                    "io.netty.codec",
                                    "io.netty.codec.classes.quic",
                                    "io.netty.codec.http",
                                    "io.netty.codec.http3",
                                    "io.netty.common",
                                    "io.netty.handler",
                                    "io.netty.transport",
                                    "io.netty.transport.classes.epoll")),
                    entry(
                            "dev.hawser.backend",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "dev.hawser.online",
                                    "dev.hawser.tls",
                                    "com.fasterxml.jackson.core",
                                    "com.fasterxml.jackson.databind",
                                    "com.nimbusds.jose.jwt",
                                    "com.github.benmanes.caffeine",
                                    "io.helidon.common.tls",
                                    "io.helidon.http",
                                    "io.helidon.webserver",
                                    "jdk.management")),
                    entry(
                            "dev.hawser.redis",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "dev.hawser.online",
                                    "dev.hawser.backend",
                                    "dev.hawser.tls",
                                    "io.netty.common",
                                    "lettuce.core")),
                    entry(
                            "dev.hawser.testkit",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "com.fasterxml.jackson.core",
                                    "com.fasterxml.jackson.databind",
                                    "jdk.management")),
                    entry(
                            "dev.hawser.load",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "com.fasterxml.jackson.databind",
                                    "HdrHistogram")),
                    entry(
                            "dev.hawser.cli",
                            Set.of(
                                    "dev.hawser.protocol",
                                    "dev.hawser",
                                    "dev.hawser.backend",
                                    "dev.hawser.load",
                                    "dev.hawser.online",
                                    "dev.hawser.redis",
                                    "dev.hawser.testkit",
                                    "dev.hawser.tls",
                                    "dev.hawser.web",
                                    "com.fasterxml.jackson.dataformat.toml",
                                    "com.fasterxml.jackson.core",
                                    "com.fasterxml.jackson.databind",
                                    "HdrHistogram",
                                    "info.picocli",
                                    "jdk.httpserver")),
                    entry(
                            "dev.hawser.examples",
                            Set.of("dev.hawser.protocol", "dev.hawser", "dev.hawser.steam")));

    /// Of modules with many packages: each, and which of its module it may use.
    private static final Map<String, Map<String, Set<String>>> ARROWS_INSIDE =
            Map.of(
                    "dev.hawser.cli",
                    Map.of(
                            "words",
                            Set.of(),
                            "process",
                            Set.of("words"),
                            "option",
                            Set.of("words", "process"),
                            "session",
                            Set.of("words", "process"),
                            "command",
                            Set.of("words", "process", "option", "session"),
                            "backend",
                            Set.of("words", "process", "option"),
                            "arena",
                            Set.of(),
                            "demo",
                            Set.of("words", "process", "option", "session", "arena"),
                            "",
                            Set.of("process", "option", "command", "backend", "demo")),
                    "dev.hawser.testkit",
                    Map.of("", Set.of(), "pair", Set.of(""), "vectors", Set.of()),
                    "dev.hawser.web",
                    Map.of(
                            "",
                            Set.of(),
                            "session",
                            Set.of(""),
                            "webtransport",
                            Set.of("", "session"),
                            "websocket",
                            Set.of("", "session")),
                    "dev.hawser.backend",
                    Map.of(
                            "problem",
                            Set.of(),
                            "player",
                            Set.of("problem"),
                            "registry",
                            Set.of("problem"),
                            "fleet",
                            Set.of("problem", "registry"),
                            "audit",
                            Set.of("problem"),
                            "minting",
                            Set.of("problem", "player", "registry", "fleet"),
                            "http",
                            Set.of("problem", "player", "audit", "fleet", "minting", "registry"),
                            "",
                            Set.of(
                                    "problem",
                                    "player",
                                    "registry",
                                    "fleet",
                                    "audit",
                                    "minting",
                                    "http")));

    private static final long CLASSES_IN_A_PACKAGE_MAX = 30;

    private static final Map<String, ModuleReference> MODULES = Built.modules();
    private static final JavaClasses MAIN = mainClasses();
    private static final Set<String> EXPORTED_PACKAGES = Built.exportedPackages();

    // The arrows.

    @Test
    void everyModuleIsKnownHere() {
        assertThat(MODULES.keySet()).isEqualTo(ARROWS.keySet());
    }

    @Test
    void modulesRequireOnlyWhatTheArrowsAllow() {
        MODULES.forEach((name, module) ->
                assertThat(module.descriptor().requires())
                        .as("what %s requires", name)
                        .extracting(ModuleDescriptor.Requires::name)
                        .filteredOn(required -> !required.equals("org.jspecify"))
                        .filteredOn(required -> !required.startsWith("java."))
                        .isSubsetOf(ARROWS.get(name)));
    }

    @Test
    void theProtocolRequiresNothingButTheBaseOfTheJdk() {
        ModuleDescriptor protocol = MODULES.get("dev.hawser.protocol").descriptor();
        assertThat(protocol.requires())
                .filteredOn(requires ->
                        !requires.modifiers().contains(ModuleDescriptor.Requires.Modifier.STATIC))
                .extracting(ModuleDescriptor.Requires::name)
                .containsExactly("java.base");
    }

    @Test
    void classesFollowTheArrows() {
        ARROWS.forEach((from, allowed) ->
                ARROWS.keySet().stream()
                        .filter(to -> !to.equals(from) && !allowed.contains(to))
                        .forEach(to ->
                                noClasses()
                                        .that(inModule(from))
                                        .should()
                                        .dependOnClassesThat(inModule(to))
                                        .check(MAIN)));
    }

    @Test
    void packagesFollowTheArrowsOfTheirModule() {
        ARROWS_INSIDE.forEach((module, arrows) -> {
            assertThat(MODULES.get(module).descriptor().packages())
                    .as("packages of %s that are known here", module)
                    .isEqualTo(
                            arrows.keySet().stream()
                                    .map(name -> inside(module, name))
                                    .collect(toSet()));
            arrows.forEach((from, allowed) ->
                    arrows.keySet().stream()
                            .filter(to -> !to.equals(from) && !allowed.contains(to))
                            .forEach(to ->
                                    noClasses()
                                            .that()
                                            .resideInAPackage(inside(module, from))
                                            .should()
                                            .dependOnClassesThat()
                                            .resideInAPackage(inside(module, to))
                                            .check(MAIN)));
        });
    }

    private static String inside(String module, String name) {
        return name.isEmpty() ? module : module + "." + name;
    }

    @Test
    void packagesFormNoCycles() {
        SlicesRuleDefinition.slices()
                .assignedFrom(everyPackageForItself())
                .should()
                .beFreeOfCycles()
                .check(MAIN);
    }

    /// A room that holds more is several; who looks for a class reads its whole package.
    @Test
    void noPackageHasMoreThanThirtyClasses() throws IOException {
        Map<String, Long> crowded = new TreeMap<>();
        for (Path module : Built.moduleFolders()) {
            try (Stream<Path> files = Files.walk(module.resolve("src"))) {
                files.filter(file -> file.toString().endsWith(".java"))
                        .filter(file -> !file.endsWith("package-info.java"))
                        .collect(groupingBy(file -> file.getParent().toString(), counting()))
                        .forEach(crowded::put);
            }
        }
        crowded.values().removeIf(classes -> classes <= CLASSES_IN_A_PACKAGE_MAX);
        assertThat(crowded).isEmpty();
    }

    // The protocol asks nobody for anything: time, randomness and bytes are arguments or ports.

    @Test
    void theProtocolHasNoSocketsAndNoFiles() {
        theProtocolDoesNotUse(
                resideInAnyPackage(
                        "java.net..", "javax.net..", "java.nio.channels..", "java.nio.file.."));
    }

    @Test
    void theProtocolReadsNoClock() {
        theProtocolDoesNotAccess(
                System.class, Set.of("nanoTime", "currentTimeMillis"), "a clock of the system");
        noClasses()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .accessTargetWhere(
                        describe(
                                "the time is asked of java.time",
                                access ->
                                        access.getTargetOwner()
                                                        .getPackageName()
                                                        .startsWith("java.time")
                                                && access.getTarget().getName().equals("now")))
                .check(MAIN);
        theProtocolDoesNotUse(
                named(
                        "java.time.Clock",
                        "java.time.InstantSource",
                        "java.util.Date",
                        "java.util.Calendar"));
    }

    @Test
    void theProtocolHasNoThreads() {
        theProtocolDoesNotUse(
                resideInAPackage("java.util.concurrent..")
                        .or(named("java.lang.Thread", "java.lang.ThreadLocal", "java.util.Timer")));
    }

    @Test
    void theProtocolDoesNotLog() {
        theProtocolDoesNotUse(
                resideInAPackage("java.util.logging..")
                        .or(named("java.lang.System$Logger", "java.lang.System$LoggerFinder")));
        theProtocolDoesNotAccess(System.class, Set.of("getLogger"), "a logger");
    }

    @Test
    void theProtocolMakesNoRandomNumbers() {
        theProtocolDoesNotUse(
                resideInAPackage("java.util.random..")
                        .or(
                                named(
                                        "java.security.SecureRandom",
                                        "java.util.Random",
                                        "java.util.SplittableRandom",
                                        "java.util.concurrent.ThreadLocalRandom",
                                        "javax.crypto.KeyGenerator")));
        theProtocolDoesNotAccess(Math.class, Set.of("random"), "randomness");
        theProtocolDoesNotAccess(StrictMath.class, Set.of("random"), "randomness");
        theProtocolDoesNotAccess(UUID.class, Set.of("randomUUID"), "randomness");
    }

    // Time.

    /// Whoever asked the machine itself would believe a clock that is wrong for a moment.
    @Test
    void onlyTheCorrectedClockAsksTheMachineForTheTime() {
        noClasses()
                .that()
                .doNotHaveFullyQualifiedName("dev.hawser.time.SystemClock")
                .should()
                .accessTargetWhere(
                        describe("the machine is asked", ArchitectureTest::asksTheWallClock))
                .check(MAIN);
    }

    private static boolean asksTheWallClock(JavaAccess<?> access) {
        JavaClass owner = access.getTargetOwner();
        String name = access.getTarget().getName();
        boolean isOfJavaTime = owner.getPackageName().startsWith("java.time");
        boolean isNewDate =
                owner.isEquivalentTo(Date.class)
                        && access.getTarget() instanceof ConstructorCallTarget made
                        && made.getRawParameterTypes().isEmpty();
        return (isOfJavaTime && (name.equals("now") || name.startsWith("system")))
                || (owner.isEquivalentTo(System.class) && name.equals("currentTimeMillis"))
                || (owner.isEquivalentTo(Calendar.class) && name.equals("getInstance"))
                || isNewDate;
    }

    // Habits.

    @Test
    void everyPackageIsNullMarked() {
        Set<String> unmarked = new TreeSet<>();
        for (JavaClass any : MAIN) {
            if (!any.getPackage().isAnnotatedWith(NullMarked.class)) {
                unmarked.add(any.getPackageName());
            }
        }
        assertThat(unmarked).as("packages without @NullMarked in their package-info").isEmpty();
    }

    @Test
    void onlyTheCommandWritesToTheStandardStreams() {
        noClasses().that().resideOutsideOfPackage(CLI).should(ACCESS_STANDARD_STREAMS).check(MAIN);
    }

    @Test
    void nothingSleeps() {
        noClasses()
                .that()
                .resideOutsideOfPackages(CLI, EXAMPLES)
                .should()
                .accessTargetWhere(
                        describe(
                                "it sleeps",
                                access ->
                                        access.getTarget().getName().equals("sleep")
                                                && SLEEPERS.contains(
                                                        access.getTargetOwner().getName())))
                .check(MAIN);
    }

    /// Of each class file, the names that it refers to are enough, and cost a tenth of what it
    /// costs to know all of its code.
    @Test
    void testsDoNotSleep() throws IOException {
        List<ClassModel> tests = testClasses();
        assertThat(tests).isNotEmpty();
        assertThat(tests)
                .filteredOn(ArchitectureTest::sleeps)
                .extracting(test -> test.thisClass().asInternalName().replace('/', '.'))
                .filteredOn(resideOutsideOf(PROCESS_TESTS, CLI, EXAMPLES))
                .as("tests that sleep")
                .isEmpty();
    }

    private static List<ClassModel> testClasses() throws IOException {
        List<ClassModel> classes = new ArrayList<>();
        for (Path folder : Built.testClassFolders()) {
            try (Stream<Path> files = Files.walk(folder)) {
                for (Path file : files.filter(it -> it.toString().endsWith(".class")).toList()) {
                    classes.add(ClassFile.of().parse(file));
                }
            }
        }
        return classes;
    }

    private static boolean sleeps(ClassModel one) {
        for (PoolEntry entry : one.constantPool()) {
            if (entry instanceof MemberRefEntry member
                    && member.name().equalsString("sleep")
                    && SLEEPERS.contains(member.owner().asInternalName().replace('/', '.'))) {
                return true;
            }
        }
        return false;
    }

    private static Predicate<String> resideOutsideOf(String... packages) {
        List<PackageMatcher> inside = Stream.of(packages).map(PackageMatcher::of).toList();
        return name ->
                inside.stream()
                        .noneMatch(one ->
                                one.matches(name.substring(0, Math.max(0, name.lastIndexOf('.')))));
    }

    @Test
    void accessorsAreNamedAfterWhatTheyReturn() {
        noMethods()
                .that()
                .areDeclaredInClassesThat(areExported())
                .and(visible())
                .and(
                        DescribedPredicate.<JavaMethod>describe(
                                "take nothing", method -> method.getRawParameterTypes().isEmpty()))
                .and(
                        DescribedPredicate.<JavaMethod>describe(
                                "were named here", method -> !isNamedByTheJdk(method)))
                .should()
                .haveNameMatching("get\\p{Upper}.*")
                .because("an accessor has the name of the thing, without get")
                .check(MAIN);
    }

    /// What javac's lint of exports says, but for annotations: who compiles against a module has
    /// its own packages and those of the modules that it requires transitively.
    @Test
    void exportedSignaturesNameOnlyWhatTheirUsersHave() {
        for (ModuleReference module : MODULES.values()) {
            Set<String> exported =
                    module.descriptor().exports().stream()
                            .filter(exports -> !exports.isQualified())
                            .map(ModuleDescriptor.Exports::source)
                            .collect(toSet());
            Set<String> readable = packagesOfUsers(module.descriptor());
            assertThat(MAIN)
                    .filteredOn(one -> exported.contains(one.getPackageName()) && isVisible(one))
                    .flatExtracting(ArchitectureTest::signatureTypes)
                    .extracting(JavaClass::getBaseComponentType)
                    .filteredOn(type ->
                            !type.isPrimitive() && !readable.contains(type.getPackageName()))
                    .extracting(JavaClass::getName)
                    .as("types in signatures of %s that its users do not have", module)
                    .isSubsetOf(ONLY_FOR_PROVIDERS);
        }
    }

    private static Set<String> packagesOfUsers(ModuleDescriptor module) {
        Set<String> packages = new TreeSet<>();
        module.exports().stream()
                .filter(exports -> !exports.isQualified())
                .forEach(exports -> packages.add(exports.source()));
        for (ModuleDescriptor.Requires required : module.requires()) {
            String name = required.name();
            if (name.equals("java.base")
                    || required.modifiers()
                            .contains(ModuleDescriptor.Requires.Modifier.TRANSITIVE)) {
                ModuleReference found =
                        MODULES.containsKey(name)
                                ? MODULES.get(name)
                                : ModuleFinder.ofSystem().find(name).orElseThrow();
                packages.addAll(packagesOfUsers(found.descriptor()));
            }
        }
        return packages;
    }

    private static boolean isVisible(JavaClass one) {
        return (one.getModifiers().contains(JavaModifier.PUBLIC)
                        || one.getModifiers().contains(JavaModifier.PROTECTED))
                && one.getEnclosingClass().map(ArchitectureTest::isVisible).orElse(true);
    }

    private static Set<JavaClass> signatureTypes(JavaClass one) {
        Set<JavaClass> types = new HashSet<>();
        one.getSuperclass().ifPresent(type -> types.addAll(type.getAllInvolvedRawTypes()));
        one.getInterfaces().forEach(type -> types.addAll(type.getAllInvolvedRawTypes()));
        for (JavaMember member : one.getMembers()) {
            if (member.getModifiers().contains(JavaModifier.PUBLIC)
                    || member.getModifiers().contains(JavaModifier.PROTECTED)) {
                types.addAll(member.getAllInvolvedRawTypes());
            }
        }
        for (JavaCodeUnit called : one.getCodeUnits()) {
            if (called.getModifiers().contains(JavaModifier.PUBLIC)
                    || called.getModifiers().contains(JavaModifier.PROTECTED)) {
                called.getThrowsClause().forEach(thrown -> types.add(thrown.getRawType()));
            }
        }
        return types;
    }

    @Test
    void exportedRecordsHoldNoBareBytes() {
        noFields()
                .that()
                .areDeclaredInClassesThat(
                        areExported()
                                .and(
                                        DescribedPredicate.describe(
                                                "are records", JavaClass::isRecord)))
                .and()
                .areNotStatic()
                .should()
                .haveRawType(byte[].class)
                .because("a record prints its components, and a secret is a type of its own")
                .allowEmptyShould(true)
                .check(MAIN);
    }

    @Test
    void unsignedArithmeticHasItsPlace() {
        Set<String> places =
                Set.of(
                        "dev.hawser.protocol.UnixTime",
                        "dev.hawser.protocol.wire.ReplayWindow",
                        "dev.hawser.backend.fleet.ConnectionId",
                        "dev.hawser.online.fleet.ConnectionId");
        Set<String> operations = Set.of("compareUnsigned", "divideUnsigned", "remainderUnsigned");
        noClasses()
                .that(
                        DescribedPredicate.describe(
                                "are not the place of it", one -> !places.contains(one.getName())))
                .should()
                .accessTargetWhere(
                        describe(
                                "it is arithmetic of an unsigned long",
                                access ->
                                        access.getTargetOwner().isEquivalentTo(Long.class)
                                                && operations.contains(
                                                        access.getTarget().getName())))
                .because("2^63 is Long.MIN_VALUE: a compare in the wrong place is a security bug")
                .check(MAIN);
    }

    // How the rules are put.

    private static void theProtocolDoesNotUse(DescribedPredicate<? super JavaClass> what) {
        noClasses()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .dependOnClassesThat(what)
                .check(MAIN);
    }

    private static void theProtocolDoesNotAccess(Class<?> owner, Set<String> names, String what) {
        noClasses()
                .that()
                .resideInAPackage(PROTOCOL)
                .should()
                .accessTargetWhere(
                        describe(
                                "it is " + what,
                                access ->
                                        access.getTargetOwner().isEquivalentTo(owner)
                                                && names.contains(access.getTarget().getName())))
                .check(MAIN);
    }

    private static DescribedPredicate<JavaAccess<?>> describe(
            String text, Predicate<JavaAccess<?>> predicate) {
        return DescribedPredicate.describe(text, predicate);
    }

    private static DescribedPredicate<JavaClass> named(String... names) {
        Set<String> all = Set.of(names);
        return DescribedPredicate.describe("one of " + all, one -> all.contains(one.getName()));
    }

    private static DescribedPredicate<JavaClass> inModule(String module) {
        Set<String> packages = MODULES.get(module).descriptor().packages();
        return DescribedPredicate.describe(
                "in module " + module, one -> packages.contains(one.getPackageName()));
    }

    private static DescribedPredicate<JavaClass> areExported() {
        return DescribedPredicate.describe(
                "are exported",
                one ->
                        one.getModifiers().contains(JavaModifier.PUBLIC)
                                && EXPORTED_PACKAGES.contains(one.getPackageName()));
    }

    private static DescribedPredicate<JavaMethod> visible() {
        return DescribedPredicate.describe(
                "are visible",
                method ->
                        method.getModifiers().contains(JavaModifier.PUBLIC)
                                || method.getModifiers().contains(JavaModifier.PROTECTED));
    }

    private static boolean isNamedByTheJdk(JavaMethod method) {
        return Stream.concat(
                        method.getOwner().getAllRawSuperclasses().stream(),
                        method.getOwner().getAllRawInterfaces().stream())
                .filter(above -> above.getPackageName().startsWith("java."))
                .anyMatch(above -> above.tryGetMethod(method.getName()).isPresent());
    }

    private static SliceAssignment everyPackageForItself() {
        return new SliceAssignment() {
            @Override
            public SliceIdentifier getIdentifierOf(JavaClass one) {
                return SliceIdentifier.of(one.getPackageName());
            }

            @Override
            public String getDescription() {
                return "packages";
            }
        };
    }

    private static JavaClasses mainClasses() {
        List<Location> places =
                MODULES.values().stream()
                        .map(module -> module.location().orElseThrow())
                        .map(ArchitectureTest::place)
                        .toList();
        JavaClasses classes = new ClassFileImporter().importLocations(places);
        for (ModuleReference module : MODULES.values()) {
            assertThat(module.descriptor().packages())
                    .as("packages found of %s", module.descriptor().name())
                    .isSubsetOf(classes.stream().map(JavaClass::getPackageName).collect(toSet()));
        }
        return classes;
    }

    private static Location place(URI module) {
        return Location.of(
                module.getPath().endsWith(".jar") ? URI.create("jar:" + module + "!/") : module);
    }
}
