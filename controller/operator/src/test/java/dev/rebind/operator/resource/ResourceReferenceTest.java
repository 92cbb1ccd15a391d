package dev.rebind.operator.resource;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.SettingsPage;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ResourceReferenceTest {
    private static final Path PAGE = Path.of("..", "..", "docs", "reference", "resource.md");
    private static final Path SOURCES = Path.of("src", "main", "java", "dev", "rebind", "operator");
    /** Where a reason is given: a condition, a lookup or a hold that was refused, an experiment that ended with an error. */
    private static final Pattern REASON = Pattern.compile(
            "(?:\\bcondition\\(\\s*\"\\w+\",\\s*Truth\\.\\w+,|\\bRefus(?:ed|al)\\(|\\bbroken\\()\\s*\"(\\w+)\"");

    @Test
    @DisplayName("docs/reference/resource.md says what the CustomResourceDefinition says")
    void upToDate() {
        SettingsPage.hold(PAGE, ResourceReference.write());
    }

    @Test
    @DisplayName("When the code gives a reason, then the page says when")
    void reasons() throws IOException {
        String page = ResourceReference.write();
        try (Stream<Path> files = Files.walk(SOURCES)) {
            assertThat(files.filter(Files::isRegularFile)
                            .map(ResourceReferenceTest::read)
                            .flatMap(text -> REASON.matcher(text).results())
                            .map((MatchResult reason) -> reason.group(1))
                            .distinct())
                    .hasSizeGreaterThan(10)
                    .allSatisfy(reason -> assertThat(page).contains("`" + reason + "`"));
        }
    }

    private static String read(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
