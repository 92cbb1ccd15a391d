package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.cli.DeprecatedOptions.Renamed;
import java.io.PrintWriter;
import java.io.StringWriter;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

/** With names of the test's own: no name needs to be deprecated. */
class DeprecatedOptionsTest {
    private static final List<Renamed> RENAMED =
            List.of(new Renamed("why", "--format", "--json", "0.3.0"), new Renamed("", "explain", "why", "0.3.0"));

    private final StringWriter err = new StringWriter();

    private String[] replaced(String... arguments) {
        return DeprecatedOptions.replaced(arguments, RENAMED, new PrintWriter(err, true));
    }

    @Test
    @DisplayName(
            "When a command and its option have deprecated names, then they are taken, and a warning a name says what to write")
    void replaced() {
        assertThat(replaced("explain", "--format=x", "8080")).containsExactly("why", "--json=x", "8080");
        assertThat(err.toString().lines())
                .containsExactly(
                        "rebind: warning: explain is deprecated, and gone in Rebind 0.3.0; write why instead",
                        "rebind: warning: --format is deprecated, and gone in Rebind 0.3.0; write --json instead");
    }

    @Test
    @DisplayName("When the name is another command's, part of a longer one or behind --, then it stays as it is")
    void others() {
        assertThat(replaced("check", "--format")).containsExactly("check", "--format");
        assertThat(replaced("why", "--formatted", "explain")).containsExactly("why", "--formatted", "explain");
        assertThat(replaced("why", "--", "--format")).containsExactly("why", "--", "--format");
        assertThat(err.toString()).isEmpty();
    }

    @Test
    @DisplayName("When the replaced arguments are carried out, then the command runs under its present name")
    void carriedOut() {
        var out = new StringWriter();
        String[] present = replaced("explain", "--help");
        int exit =
                Main.commandLineFor(present).setOut(new PrintWriter(out, true)).execute(present);

        assertThat(exit).isZero();
        assertThat(out.toString()).contains("Usage: rebind why");
    }
}
