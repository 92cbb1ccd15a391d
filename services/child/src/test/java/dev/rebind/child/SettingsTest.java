package dev.rebind.child;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.TypeConversionException;

class SettingsTest {
    @Command(name = "sample", mixinStandardHelpOptions = true)
    static final class Sample {
        @Option(names = "--reuse-address", arity = "0..1", fallbackValue = "true", defaultValue = "true")
        boolean reuseAddress;

        @Option(
                names = "--pause",
                defaultValue = "250ms",
                paramLabel = "DURATION",
                converter = DurationText.class,
                description = "A | pause. Default: ${DEFAULT-VALUE}.")
        Duration pause = Duration.ZERO;
    }

    private static final class Environment extends EnvironmentDefaults {
        Environment(Map<String, String> variables) {
            super("REBIND_SAMPLE_", variables);
        }
    }

    private static Sample parse(Map<String, String> variables, String... arguments) {
        var sample = new Sample();
        new CommandLine(sample)
                .setDefaultValueProvider(new Environment(variables))
                .parseArgs(arguments);
        return sample;
    }

    @Test
    @DisplayName("A flag wins over its variable, the variable over the default; an empty variable is none")
    void order() {
        assertThat(parse(Map.of()).reuseAddress).isTrue();
        assertThat(parse(Map.of("REBIND_SAMPLE_REUSE_ADDRESS", "")).reuseAddress)
                .isTrue();
        assertThat(parse(Map.of("REBIND_SAMPLE_REUSE_ADDRESS", "false")).reuseAddress)
                .isFalse();
        assertThat(parse(Map.of("REBIND_SAMPLE_REUSE_ADDRESS", "false"), "--reuse-address").reuseAddress)
                .isTrue();
        assertThat(parse(Map.of("REBIND_SAMPLE_PAUSE", "2s")).pause).isEqualTo(Duration.ofSeconds(2));
    }

    @Test
    @DisplayName("A variable with a bad value is refused, not ignored")
    void badVariable() {
        assertThatThrownBy(() -> parse(Map.of("REBIND_SAMPLE_PAUSE", "soon")))
                .isInstanceOf(ParameterException.class)
                .hasMessageContaining("soon");
    }

    @Test
    @DisplayName("The page has a row for each setting, none for --help")
    void page() {
        var command = new CommandLine(new Sample()).setDefaultValueProvider(new Environment(Map.of()));
        assertThat(SettingsPage.of(command))
                .contains("| `--pause=DURATION` | `REBIND_SAMPLE_PAUSE` | `250ms` | A \\| pause. |")
                .doesNotContain("--help");
    }

    @ParameterizedTest
    @CsvSource({
        "250ms,PT0.25S",
        "5s,PT5S",
        "2m,PT2M",
        "1h,PT1H",
        "PT1.5S,PT1.5S",
        "0s,PT0S",
        "1m30s,PT1M30S",
        "1.5s,PT1.5S",
        "0.001ms,PT0.000001S"
    })
    void durations(String text, Duration expected) {
        assertThat(new DurationText().convert(text)).isEqualTo(expected);
    }

    @ParameterizedTest
    @ValueSource(strings = {"", "5", "-5s", "s", "PT-5S", "5 s", "99999999999999s", ".5s", "1s1"})
    void noDurations(String text) {
        assertThatThrownBy(() -> new DurationText().convert(text)).isInstanceOf(TypeConversionException.class);
    }
}
