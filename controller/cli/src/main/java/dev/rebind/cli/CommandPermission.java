package dev.rebind.cli;

import dev.rebind.experiment.Problem;
import dev.rebind.experiment.Sourced;
import java.util.List;

/** Asks for permission before a file starts a command. A file may come from anybody, and the user may not have read it. */
final class CommandPermission {
    private CommandPermission() {}

    /** A problem for each experiment that would start a command. */
    static List<Problem> missing(List<Sourced> experiments) {
        return experiments.stream()
                .filter(CommandPermission::startsCommand)
                .map(one -> one.source()
                        .problem(
                                Problem.Severity.error,
                                "spec.target.command",
                                "starts a command on this machine; read it, and allow it with --allow-commands"))
                .toList();
    }

    private static boolean startsCommand(Sourced one) {
        var spec = one.experiment().spec();
        boolean whole = spec.target() != null && spec.target().command() != null;
        return whole
                || (spec.steps() != null
                        && spec.steps().stream()
                                .anyMatch(step ->
                                        step.target() != null && step.target().command() != null));
    }
}
