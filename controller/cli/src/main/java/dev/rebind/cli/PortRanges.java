package dev.rebind.cli;

import java.util.List;
import java.util.OptionalInt;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;
import picocli.CommandLine.Spec.Target;

/** The ports named on the command line. */
final class PortRanges {
    private List<PortRange> ranges = List.of();

    @Spec(Target.MIXEE)
    private CommandSpec command = CommandSpec.create();

    @Parameters(
            paramLabel = "PORT",
            arity = "0..*",
            description = "Ports, each 1 to 65535, and ranges of them, such as 8000-8010; without any, all ports.")
    void read(List<String> texts) {
        try {
            ranges = texts.stream().map(PortRange::parse).toList();
        } catch (IllegalArgumentException e) {
            // An exception of a converter would lose its message: picocli takes a refused value for an unexpected
            // argument.
            throw new ParameterException(command.commandLine(), String.valueOf(e.getMessage()), e);
        }
    }

    /** Whether no port was named, which means all ports. */
    boolean none() {
        return ranges.isEmpty();
    }

    List<PortRange> all() {
        return ranges;
    }

    /** The port, where exactly one was named. */
    OptionalInt single() {
        return ranges.size() == 1
                        && ranges.getFirst().first() == ranges.getFirst().last()
                ? OptionalInt.of(ranges.getFirst().first())
                : OptionalInt.empty();
    }

    boolean has(int port) {
        return ranges.stream().anyMatch(range -> range.has(port));
    }
}
