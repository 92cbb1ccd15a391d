package dev.rebind.cli;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Parameters;

/** {@code rebind man-pages DIR}: writes the man page of every command, for a package. */
@Command(name = "man-pages", hidden = true, description = "Writes the man pages of every command.")
final class ManPagesCommand implements Callable<Integer> {
    @Parameters(paramLabel = "DIR", description = "Folder for the pages; made where it is missing.")
    @Nullable
    Path folder;

    @Override
    public Integer call() throws IOException {
        Path into = Files.createDirectories(Objects.requireNonNull(folder));
        for (CommandLine command : documented()) {
            Files.writeString(into.resolve(ManPage.fileName(command)), ManPage.of(command));
        }
        return ExitCode.PASS;
    }

    /** Returns Rebind itself and each command that its help lists. */
    static List<CommandLine> documented() {
        CommandLine rebind = Main.commandLine();
        List<CommandLine> commands = new ArrayList<>(List.of(rebind));
        rebind.getSubcommands().values().stream()
                .filter(command -> !command.getCommandSpec().usageMessage().hidden())
                .forEach(commands::add);
        return commands;
    }
}
