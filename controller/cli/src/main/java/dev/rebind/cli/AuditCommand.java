package dev.rebind.cli;

import dev.rebind.diagnosis.Audit;
import dev.rebind.diagnosis.WhyPort;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.look.NetNamespaces;
import dev.rebind.diagnosis.text.AuditTable;
import dev.rebind.report.terminal.Terminal;
import java.time.ZoneId;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Spec;

/** {@code rebind audit}: says which servers of this machine would not bind their ports at once if they were restarted now. */
@Command(
        name = "audit",
        description =
                "Lists the servers that listen on this machine, and says of each whether it would bind its port at once"
                        + " after a restart now. It touches no process.",
        mixinStandardHelpOptions = true,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {
            "0:Every server would bind at once, or nobody listens.",
            "1:At least one would be blocked.",
            "2:Bad usage.",
            "3:None is known to be blocked, and of at least one it cannot be told; or nobody listens on a PORT."
        },
        footerHeading = "%nExamples:%n",
        footer = {"  rebind audit", "  rebind audit 8080 8443", "  rebind audit --json 8000-8999"})
final class AuditCommand implements Callable<Integer> {
    @Mixin
    PortRanges ports = new PortRanges();

    @Option(
            names = "--json",
            description = "Writes JSON, one object in one line; docs/reference/audit.schema.json has its schema.")
    boolean json;

    @Mixin
    NamespaceOptions namespace = new NamespaceOptions();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws Exception {
        var line = Objects.requireNonNull(spec).commandLine();
        String wrong = namespace.wrong();
        if (!wrong.isEmpty()) {
            line.getErr().println("rebind: " + wrong);
            return ExitCode.USAGE;
        }
        return switch (namespace.call(() -> new WhyPort().audit())) {
            case NetNamespaces.Answer.Failed<Audit>(String why) -> failed(why);
            case NetNamespaces.Answer.Done<Audit>(Audit.Unread unread) -> failed(unread.why());
            case NetNamespaces.Answer.Done<Audit>(Audit.Read all) -> {
                Audit.Read read = ports.none() ? all : all.on(ports::has);
                List<PortRange> silent = ports.all().stream()
                        .filter(range -> read.listeners().stream()
                                .noneMatch(
                                        found -> range.has(found.first().local().port())))
                        .toList();
                if (!silent.isEmpty()) {
                    yield failed("nobody listens on "
                            + silent.stream().map(PortRange::words).collect(Collectors.joining(", "))
                            + "; start the server first");
                }
                if (json) {
                    line.getOut().println(AuditJson.write(read));
                } else {
                    new AuditTable(ZoneId.systemDefault())
                            .lines(read, Terminal.detect().lineWidth())
                            .forEach(line.getOut()::println);
                }
                line.getOut().flush();
                yield read.verdict().exitCode();
            }
        };
    }

    private int failed(String why) {
        Objects.requireNonNull(spec).commandLine().getErr().println("rebind: " + why);
        return Audit.Verdict.NOT_KNOWN.exitCode();
    }
}
