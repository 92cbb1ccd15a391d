package dev.rebind.e2e.checks;

import static org.assertj.core.api.Assertions.assertThat;
import static org.junit.platform.commons.support.HierarchyTraversalMode.TOP_DOWN;
import static org.junit.platform.commons.support.ReflectionSupport.findAllClassesInPackage;
import static org.junit.platform.commons.support.ReflectionSupport.findMethods;

import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.CheckNames;
import java.lang.reflect.Modifier;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class PlanTest {
    private static List<Class<?>> classesWithChecks() {
        return findAllClassesInPackage(
                "dev.rebind.e2e.checks", type -> checks(type).findAny().isPresent(), _ -> true);
    }

    /** Names of a class's checks as JUnit finds them: those that it inherits too, and an overridden one once. */
    static Stream<String> checks(Class<?> type) {
        return findMethods(type, method -> method.isAnnotationPresent(Check.class), TOP_DOWN).stream()
                .map(method -> new CheckNames().generateDisplayNameForMethod(List.of(), type, method));
    }

    @Test
    @DisplayName("When a class has checks, then it is a lane of the plan")
    void complete() {
        assertThat(classesWithChecks())
                .filteredOn(type -> !Modifier.isAbstract(type.getModifiers()))
                .containsExactlyInAnyOrderElementsOf(Plan.all());
    }

    @Test
    @DisplayName("When checks are named, then no two have the same name, and no name is above another")
    void names() {
        List<String> names = Plan.all().stream().flatMap(PlanTest::checks).toList();
        assertThat(names)
                .doesNotHaveDuplicates()
                .contains("table/hostPort/container/off", "servers/go-off/hostNetwork", "kubectl-wait")
                .allMatch(name -> names.stream().noneMatch(other -> other.startsWith(name + "/")));
    }

    @Test
    @DisplayName("When invalid specs are listed, then each is YAML with the name of its field")
    void invalid() {
        assertThat(InvalidSpecs.all()).hasSizeGreaterThanOrEqualTo(30).allSatisfy(invalid -> {
            assertThat(invalid.field()).startsWith("spec.");
            assertThat(invalid.spec().json().isObject()).isTrue();
        });
    }
}
