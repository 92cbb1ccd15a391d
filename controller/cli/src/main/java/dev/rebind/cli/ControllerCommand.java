package dev.rebind.cli;

import dev.rebind.child.DurationText;
import dev.rebind.child.EnvironmentDefaults;
import dev.rebind.child.PortText;
import dev.rebind.operator.Controller;
import dev.rebind.operator.audit.AuditRounds;
import dev.rebind.operator.workload.ClientHosts;
import java.io.IOException;
import java.net.InetAddress;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** {@code rebind controller}: runs the experiments that are resources of a Kubernetes cluster. */
@Command(
        name = "controller",
        description = "Runs the RebindExperiments of a Kubernetes cluster, with the kubeconfig or the pod's account.",
        mixinStandardHelpOptions = true,
        defaultValueProvider = ControllerCommand.Environment.class,
        exitCodeListHeading = "%nExit codes:%n",
        exitCodeList = {"0:Stopped by a signal.", "1:It could not go on; the last line says why.", "2:Bad usage."},
        footerHeading = "%nExamples:%n",
        footer = {
            "  rebind controller --namespace rebind --records records",
            "  rebind controller --namespace rebind --records records --watch-namespaces shop,staging --audit-interval"
                    + " 10m"
        })
public final class ControllerCommand implements Callable<Integer> {
    static final class Environment extends EnvironmentDefaults {
        Environment() {
            super("REBIND_CONTROLLER_");
        }
    }

    @Option(
            names = "--namespace",
            paramLabel = "NAMESPACE",
            required = true,
            description = "Namespace of the controller itself and of its Lease.")
    String namespace = "";

    @Option(
            names = "--watch-namespaces",
            paramLabel = "NAMESPACE",
            split = ",",
            description = "Namespaces whose experiments it runs, separated by commas; * is all. Default: its own.")
    List<String> watched = List.of();

    @Option(
            names = "--lease",
            paramLabel = "NAME",
            defaultValue = "rebind-controller",
            description = "Name of the Lease that elects the working controller. Default: ${DEFAULT-VALUE}.")
    String lease = "";

    @Option(
            names = "--identity",
            paramLabel = "NAME",
            description = "Name of this controller among several. Default: the host name, which is the pod's name.")
    @Nullable
    String identity;

    @Option(
            names = "--http-port",
            paramLabel = "PORT",
            converter = PortText.OrZero.class,
            defaultValue = "8080",
            description = "Port of the HTTP API, 0 to 65535; 0: a free one. Default: ${DEFAULT-VALUE}.")
    int port;

    @Option(names = "--records", paramLabel = "DIR", required = true, description = "Folder for all records.")
    Path records = Path.of("");

    @Option(
            names = "--agent-token-file",
            paramLabel = "FILE",
            defaultValue = "/var/run/secrets/rebind.dev/agent/token",
            description = "File with the token for agents; it is read for each request. Default: ${DEFAULT-VALUE}.")
    Path token = Path.of("");

    @Option(
            names = "--experiment-series",
            paramLabel = "N",
            defaultValue = "200",
            description =
                    "How many experiments have series in /metrics, 1 or more; those that ended longest ago are dropped"
                            + " first. Default: ${DEFAULT-VALUE}.")
    int experimentSeries;

    @Option(
            names = "--audit-interval",
            paramLabel = "DURATION",
            converter = DurationText.class,
            description =
                    "Asks the agents of the nodes so often which servers in pods would not come back at once after a"
                            + " restart, 10s or more. Default: never.")
    @Nullable
    Duration auditInterval;

    @Option(
            names = "--audit-namespaces",
            paramLabel = "NAMESPACE",
            split = ",",
            description =
                    "Namespaces whose pods are asked about, separated by commas, among those that it watches. Default:"
                            + " all of those.")
    List<String> audited = List.of();

    @Option(
            names = "--client-hosts",
            paramLabel = "HOST",
            split = ",",
            description =
                    "Hosts to which the URL of an experiment (clients.via.url) may send clients, separated by commas:"
                            + " names, addresses, *.example.com for all names below one, * for all. Default: none.")
    List<String> clientHosts = List.of();

    @Spec
    @Nullable
    CommandSpec spec;

    @Override
    public Integer call() throws InterruptedException {
        var line = Objects.requireNonNull(spec).commandLine();
        if (experimentSeries < 1) {
            throw new ParameterException(line, "--experiment-series: " + experimentSeries + " is not 1 or more");
        }
        if (auditInterval != null && auditInterval.compareTo(AuditRounds.Settings.SHORTEST) < 0) {
            throw new ParameterException(
                    line, "--audit-interval: " + auditInterval.toMillis() + "ms is shorter than 10s");
        }
        List<String> watches = watched.isEmpty() ? List.of(namespace) : watched;
        if (!watches.contains("*") && !watches.containsAll(audited)) {
            throw new ParameterException(
                    line,
                    "--audit-namespaces: " + String.join(",", audited) + " is not among the watched namespaces "
                            + String.join(",", watches));
        }
        ClientHosts hosts;
        try {
            hosts = new ClientHosts(clientHosts);
        } catch (IllegalArgumentException e) {
            throw new ParameterException(line, "--client-hosts: " + e.getMessage(), e);
        }
        try {
            return Controller.run(new Controller.Settings(
                    namespace,
                    watches,
                    lease,
                    identity == null ? InetAddress.getLocalHost().getHostName() : identity,
                    port,
                    records,
                    token,
                    Version.rebind(),
                    experimentSeries,
                    Optional.ofNullable(auditInterval)
                            .map(interval -> new AuditRounds.Settings(interval, audited.isEmpty() ? watches : audited)),
                    hosts));
        } catch (IOException e) {
            line.getErr().println("rebind: " + e.getMessage());
            return 1;
        }
    }
}
