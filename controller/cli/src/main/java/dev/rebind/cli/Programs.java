package dev.rebind.cli;

import java.nio.file.Files;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Objects;

/** Checks whether a program exists, with the search rules of execvp(3). */
final class Programs {
    private Programs() {}

    /** What is wrong with a program's name; empty where it can be run. */
    static String missing(String program) {
        if (program.isBlank()) {
            return "the name of the program is empty; write -- and the command that starts the server";
        }
        try {
            if (program.contains("/")) {
                Path file = Path.of(program);
                return !Files.exists(file)
                        ? "there is no program " + program
                        : runs(file) ? "" : program + " is no program that may be run";
            }
            List<String> folders = Arrays.asList(Objects.requireNonNullElse(System.getenv("PATH"), "/usr/bin:/bin")
                    .split(":"));
            return folders.stream().anyMatch(folder -> runs(Path.of(folder).resolve(program)))
                    ? ""
                    : "there is no program " + program + " in the folders of PATH";
        } catch (InvalidPathException e) {
            return "there is no program " + program;
        }
    }

    private static boolean runs(Path file) {
        return Files.isRegularFile(file) && Files.isExecutable(file);
    }
}
