package dev.rebind.cli;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

@DisplayName("The man pages")
class ManPageTest {
    @Test
    @DisplayName("There is one for each command that the help lists, with its options, exit codes and description")
    void everyCommand() {
        List<CommandLine> commands = ManPagesCommand.documented();
        assertThat(commands)
                .extracting(ManPage::fileName)
                .contains("rebind.1", "rebind-why.1", "rebind-run.1", "rebind-sockets.1")
                .doesNotContain("rebind-train.1", "rebind-man-pages.1");
        for (CommandLine command : commands) {
            String page = ManPage.of(command);
            assertThat(page)
                    .startsWith(".TH REBIND")
                    .contains(".SH NAME", ".SH SYNOPSIS", ".SH DESCRIPTION", ".SH SEE ALSO");
            command.getCommandSpec().options().stream()
                    .filter(option -> !option.hidden())
                    .forEach(option ->
                            assertThat(page).contains(option.longestName().replace("-", "\\-")));
        }
        assertThat(ManPage.of(commands.getFirst())).contains(".SH COMMANDS").contains("rebind\\-why (1)");
    }

    @Test
    @DisplayName("When a text has what roff would take for its own, then it is shown as it stands")
    void escaped() {
        String page = ManPage.of(new CommandLine(new Odd()));
        assertThat(page).contains("\\&.dots at 100%, a \\e and a \\-\n").doesNotContain("\n.dots");
    }

    @Command(name = "odd", description = ".dots at 100%%, a \\ and a -")
    static final class Odd implements Runnable {
        @Option(names = "--odd", description = "'quoted.")
        boolean odd;

        @Override
        public void run() {}
    }
}
