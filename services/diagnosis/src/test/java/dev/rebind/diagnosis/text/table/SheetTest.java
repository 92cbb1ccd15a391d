package dev.rebind.diagnosis.text.table;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class SheetTest {
    private static final List<Sheet.Column> COLUMNS = List.of(
            Sheet.Column.titled("Port", 5),
            Sheet.Column.of("Program", 28),
            Sheet.Column.number("Recv-Q", 0),
            Sheet.Column.of("Device", 0),
            Sheet.Column.of("After a restart now", 0));

    private static final Sheet SHEET = new Sheet(
            2,
            7,
            COLUMNS,
            List.of(
                    new Sheet.Entry(
                            "Port 8080",
                            List.of("8080", "python3 (pid 4711)", "0", "-", "binds at once"),
                            List.of("Its descriptor is not close-on-exec.")),
                    new Sheet.Entry(
                            "Port 8443",
                            List.of(
                                    "8443",
                                    "java (pid 12)",
                                    "3",
                                    "eth0",
                                    "is blocked by 2 sockets (time_wait); free in 41 s"),
                            List.of())));

    @Test
    @DisplayName("When lines have no end, then each row is one line, in columns of the usual width")
    void endless() {
        assertThat(SHEET.lines(Sheet.ENDLESS))
                .containsExactly(
                        "Port   Program                       Recv-Q  Device  After a restart now",
                        "8080   python3 (pid 4711)                 0  -       binds at once",
                        "       Its descriptor is not close-on-exec.",
                        "8443   java (pid 12)                      3  eth0    is blocked by 2 sockets (time_wait); free in 41 s");
    }

    @Test
    @DisplayName(
            "When the usual columns are too wide, then they are as narrow as their cells, and the last one is wrapped")
    void wrapped() {
        assertThat(SHEET.lines(80))
                .containsExactly(
                        "Port  Program             Recv-Q  Device  After a restart now",
                        "8080  python3 (pid 4711)       0  -       binds at once",
                        "       Its descriptor is not close-on-exec.",
                        "8443  java (pid 12)            3  eth0    is blocked by 2 sockets (time_wait);",
                        "                                          free in 41 s");
    }

    @Test
    @DisplayName("When there is no room for columns, then an entry is a block without the cells that say nothing")
    void blocks() {
        assertThat(SHEET.lines(60))
                .containsExactly(
                        "Port 8080",
                        "  Program              python3 (pid 4711)",
                        "  After a restart now  binds at once",
                        "  Its descriptor is not close-on-exec.",
                        "Port 8443",
                        "  Program              java (pid 12)",
                        "  Recv-Q               3",
                        "  Device               eth0",
                        "  After a restart now  is blocked by 2 sockets (time_wait);",
                        "                       free in 41 s");
    }

    @ParameterizedTest
    @DisplayName("When lines have an end, then none is longer, and each word is whole")
    @ValueSource(ints = {40, 60, 80, 120, 200})
    void fits(int width) {
        List<String> lines = SHEET.lines(width);

        assertThat(lines).allSatisfy(line -> assertThat(line).hasSizeLessThanOrEqualTo(width));
        assertThat(String.join("\n", lines).split("\\s+"))
                .contains("8443", "python3", "4711)", "(time_wait);", "close-on-exec.", "blocked", "eth0");
    }
}
