package dev.hawser.tests.simulation;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowable;
import static org.junit.jupiter.api.Assertions.assertTimeoutPreemptively;

import dev.hawser.testkit.pair.Invariant;
import dev.hawser.tests.simulation.Mutants.Mutant;
import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.Method;
import java.lang.reflect.Modifier;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestFactory;

/// That the checks can fail: each rule is switched off in a copy of the compiled protocol, and a
/// scenario that passes otherwise must notice. No switch is needed in the code itself.
class MutantsTest {
    /// A mutant that turns in circles is to be noticed, not waited for.
    private static final Duration TIME_MAX = Duration.ofSeconds(60);

    private static final List<Class<?>> DIRECTED =
            List.of(Directed.class, DirectedPaths.class, DirectedResumes.class);

    @TestFactory
    Stream<DynamicTest> withTheRuleTheScenarioPasses() {
        return scenarios().stream()
                .map(scenario ->
                        DynamicTest.dynamicTest(scenario, () -> run(classOf(scenario), scenario)));
    }

    @TestFactory
    Stream<DynamicTest> withoutTheRuleTheScenarioFails() {
        return mutants()
                .map(mutant -> DynamicTest.dynamicTest(mutant.toString(), () -> kill(mutant)));
    }

    @Test
    void everyInvariantIsBrokenBySomeMutant() {
        Set<String> broken = mutants().map(Mutant::reason).collect(Collectors.toSet());
        assertThat(Arrays.stream(Invariant.values()).map(Enum::name)).isSubsetOf(broken);
    }

    @Test
    void everyScenarioKillsSomeMutant() {
        Set<String> killers = mutants().map(Mutant::killer).collect(Collectors.toSet());
        assertThat(killers).containsExactlyInAnyOrderElementsOf(scenarios());
    }

    private static void kill(Mutant mutant) throws Exception {
        ClassLoader loader = new MutantLoader(mutant.className(), mutant.changes());
        Class<?> directed = loader.loadClass(classOf(mutant.killer()).getName());
        Throwable failure =
                catchThrowable(() ->
                        assertTimeoutPreemptively(TIME_MAX, () -> run(directed, mutant.killer())));
        assertThat(failure)
                .as("survived: %s", mutant)
                .isNotInstanceOf(LinkageError.class)
                .hasMessageContaining(mutant.reason());
    }

    private static Stream<Mutant> mutants() {
        return Stream.of(Mutants.all(), PathMutants.all(), ResumeMutants.all())
                .flatMap(List::stream);
    }

    private static List<String> scenarios() {
        return DIRECTED.stream().flatMap(MutantsTest::scenariosOf).toList();
    }

    private static Stream<String> scenariosOf(Class<?> directed) {
        return Arrays.stream(directed.getDeclaredMethods())
                .filter(method ->
                        !Modifier.isPrivate(method.getModifiers()) && !method.isSynthetic())
                .map(Method::getName);
    }

    private static Class<?> classOf(String scenario) {
        return DIRECTED.stream()
                .filter(directed -> scenariosOf(directed).anyMatch(scenario::equals))
                .findFirst()
                .orElseThrow();
    }

    private static void run(Class<?> directed, String scenario) throws Throwable {
        Method method = directed.getDeclaredMethod(scenario);
        method.setAccessible(true);
        try {
            method.invoke(null);
        } catch (InvocationTargetException e) {
            throw e.getCause();
        }
    }
}
