package dev.rebind.experiment.value;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Duration;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.constraints.LongRange;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class GoDurationTest {
    @ParameterizedTest
    @CsvSource({
        "0, 0s, 0",
        "0s, 0s, 0",
        "100ms, 100ms, 100000000",
        "5s, 5s, 5000000000",
        "1m30s, 1m30s, 90000000000",
        "90s, 1m30s, 90000000000",
        "1.5s, 1.5s, 1500000000",
        ".5h, 30m, 1800000000000",
        "1.h, 1h, 3600000000000",
        "30s1m, 1m30s, 90000000000",
        "2us, 2us, 2000",
        "2µs, 2us, 2000",
        "2μs, 2us, 2000",
        "7ns, 7ns, 7",
        "1h0m0.000000001s, 1h0.000000001s, 3600000000001",
        "8760h, 8760h, 31536000000000000",
        "0.1ns, 0s, 0"
    })
    @DisplayName("When Go would read a duration, then it is read the same way")
    void read(String text, String written, long nanos) {
        assertThat(GoDuration.parse(text)).isEqualTo(Duration.ofNanos(nanos));
        assertThat(GoDuration.format(Duration.ofNanos(nanos))).isEqualTo(written);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "s",
                "5",
                "1.5",
                "5 s",
                " 5s",
                "5s ",
                "-5s",
                "+5s",
                "5S",
                "1d",
                "2w",
                "5sec",
                "1m 30s",
                "PT5S",
                "1:30",
                "5s5",
                ".s",
                "1e3s",
                "8760h1ns",
                "99999999h",
                "5x",
                "٣s"
            })
    @DisplayName("When it is no duration, or a negative one, then it is refused")
    void refused(String text) {
        assertThatThrownBy(() -> GoDuration.parse(text)).isInstanceOf(IllegalArgumentException.class);
    }

    @Property
    void whatIsWrittenIsReadBack(@ForAll @LongRange(min = 0, max = 31_536_000_000_000_000L) long nanos) {
        Duration duration = Duration.ofNanos(nanos);
        assertThat(GoDuration.parse(GoDuration.format(duration))).isEqualTo(duration);
        assertThat(GoDuration.format(duration)).matches(GoDuration.PATTERN);
    }
}
