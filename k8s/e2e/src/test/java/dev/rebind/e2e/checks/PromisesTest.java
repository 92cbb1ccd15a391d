package dev.rebind.e2e.checks;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.e2e.cluster.Repository;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Each promise of a page names the tests that hold it, and these are there. */
class PromisesTest {
    private static final Pattern QUOTED = Pattern.compile("`([^`]+)`");

    private static Set<String> classes = Set.of();

    @BeforeAll
    static void tests() throws IOException {
        try (Stream<Path> modules =
                Stream.of("services", "controller", "k8s/e2e").map(Repository.ROOT::resolve)) {
            classes = modules.flatMap(PromisesTest::classes).collect(Collectors.toSet());
        }
    }

    private static Stream<String> classes(Path folder) {
        try (Stream<Path> files = Files.walk(folder)) {
            return files
                    .filter(file -> file.toString().contains("/src/test/java/"))
                    .map(file -> file.getFileName().toString())
                    .filter(name -> name.endsWith("Test.java"))
                    .map(name -> name.replace(".java", ""))
                    .toList()
                    .stream();
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"docs/security.md", "docs/kubernetes/operations.md"})
    @DisplayName("When a page has a table of promises, then each names tests, and each of these is there")
    void held(String page) {
        List<String> cells = lastCells(Repository.text(page));
        assertThat(cells).hasSizeGreaterThan(10).allSatisfy(cell -> {
            List<String> names =
                    QUOTED.matcher(cell).results().map(PromisesTest::name).toList();
            assertThat(names).as(cell).isNotEmpty().allMatch(PromisesTest::isThere);
        });
    }

    private static String name(MatchResult found) {
        return found.group(1);
    }

    private static boolean isThere(String name) {
        return classes.contains(name) || isCheck(name) || Files.exists(Repository.ROOT.resolve(name));
    }

    private static boolean isCheck(String name) {
        return Plan.all().stream()
                .flatMap(PlanTest::checks)
                .anyMatch(check -> check.equals(name) || check.startsWith(name + "/"));
    }

    /** Of the rows of tables whose last column is headed "test". */
    private static List<String> lastCells(String page) {
        List<String> cells = new ArrayList<>();
        boolean within = false;
        for (String line : page.lines().toList()) {
            if (!line.startsWith("|")) {
                within = false;
            } else if (line.endsWith("| test |")) {
                within = true;
            } else if (within && !line.matches("[| -]+")) {
                cells.add(line.substring(line.lastIndexOf(" | ")));
            }
        }
        return cells;
    }
}
