package dev.rebind.e2e;

import dev.rebind.e2e.checks.Crowd;
import dev.rebind.e2e.checks.Plan;
import dev.rebind.e2e.checks.Soak;
import dev.rebind.e2e.cluster.Settings;
import dev.rebind.e2e.cluster.Tool;
import dev.rebind.e2e.junit.Full;
import dev.rebind.e2e.junit.Lane;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import org.jspecify.annotations.Nullable;
import org.junit.platform.engine.DiscoverySelector;
import org.junit.platform.engine.FilterResult;
import org.junit.platform.engine.discovery.DiscoverySelectors;
import org.junit.platform.launcher.Launcher;
import org.junit.platform.launcher.LauncherDiscoveryRequest;
import org.junit.platform.launcher.LauncherSession;
import org.junit.platform.launcher.PostDiscoveryFilter;
import org.junit.platform.launcher.TagFilter;
import org.junit.platform.launcher.TestIdentifier;
import org.junit.platform.launcher.TestPlan;
import org.junit.platform.launcher.core.LauncherDiscoveryRequestBuilder;
import org.junit.platform.launcher.core.LauncherFactory;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.ExitCode;
import picocli.CommandLine.Option;

/**
 * The end-to-end test as a command. Each lane is an execution of JUnit's own, so that lanes begin in the order of the plan and
 * some run with nothing beside them; JUnit's parallel execution promises neither.
 */
@Command(
        name = "k8s/e2e/run",
        subcommands = {Soak.class, Crowd.class},
        usageHelpWidth = 160,
        description = "The end-to-end test, against the cluster of KUBECONFIG. k8s/README.md says how to run it.",
        footerHeading =
                "%nNeeds kubectl, helm and cluster-admin. Makes namespaces of its own, and removes them.%n%nSettings, as variables of the environment:%n",
        footer = {
            "  LOADER            how the image gets to the nodes: kind, k3d, command, none (default: the nodes have or pull it)",
            "  LOADER_CLUSTER    name of the kind or k3d cluster",
            "  LOADER_COMMAND    with LOADER=command: a command that takes the archive",
            "  IMAGE_ARCHIVE     the image as an archive (default controller/dist/target/jib-image.tar; kind without it takes IMAGE from Docker)",
            "  IMAGE             the image's reference (default rebind:VERSION of the chart)",
            "  SERVERS_IMAGE     of servers in other languages, which k8s/servers/archive makes; without it their checks are skipped",
            "  SERVERS_ARCHIVE   that image as an archive",
            "  FORMER_CHART, FORMER_IMAGE, FORMER_ARCHIVE",
            "                    folder of the chart of an earlier version, its image, and that as an archive; .ci/former makes them of a commit;",
            "                    without them the check of an upgrade from that version is skipped",
            "  PREFIX            of the namespaces (default rebind-e2e)",
            "  CYCLES            cycles of the exact counts (default 200)",
            "  KILLS             how often the controller is killed (default 10)",
            "  MODES             restart modes that are tried (default \"process listener container pod\"); the others are skipped",
            "  JOBS              lanes side by side (default 2)",
            "  FIRST_PORT        first of the nodes' ports that are used, twenty in all (default 18080)",
            "  PATIENCE          seconds until what is waited for must be there (default 600)",
            "  KILL_COMMAND      shell command that sends SIGKILL to a container's main process, told by $NODE, $CONTAINER_ID and $POD_UID",
            "                    (default: looked for among the processes of this machine)",
            "  FREEZE_COMMAND, THAW_COMMAND, FROZEN_SECONDS",
            "                    shell commands that stop the API server's process and let it go on; without them that check is skipped",
            "  FREEZE_KUBELET_COMMAND, THAW_KUBELET_COMMAND",
            "                    shell commands that stop the kubelet of the node $NODE and let it go on; without them that check is skipped",
            "  FULL              with the checks that take minutes too: every server on every network, targets/container/next-start, and hardship:",
            "                    an autoscaler, a drained node, a frozen kubelet, an upgrade, a rollback and an uninstallation during a run",
            "  PROMETHEUS_URL    of a Prometheus in the cluster that takes monitors and rules of every namespace, through the Prometheus Operator;",
            "                    without it the checks of monitoring are skipped",
            "  WALK_COMMAND      shell command that walks through the live page in a browser, told by $REBIND_PAGE, $REBIND_NAMESPACE,",
            "                    $REBIND_EXPERIMENT, $REBIND_TOKEN and $REBIND_TOKEN_WITHOUT_RIGHTS; without it that check is skipped"
        })
final class Main implements Callable<Integer> {
    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Show this text.")
    private boolean unusedAsPicocliReadsIt;

    @Option(
            names = "--only",
            paramLabel = "NAME",
            description = "This check, or all below it: table, table/pod, refused. May be repeated.")
    private List<String> only = new ArrayList<>();

    @Option(
            names = "--keep",
            paramLabel = "DIR",
            description = "Where logs, events and resources of a failure go (default: a new temporary folder).")
    private @Nullable Path keep;

    @Option(names = "--leave", description = "Leave the namespaces.")
    private boolean leave;

    @Option(names = "--list", description = "Print the names of the checks.")
    private boolean list;

    private final PrintStream out = new PrintStream(System.out, true, StandardCharsets.UTF_8);

    public static void main(String[] arguments) {
        System.exit(new CommandLine(new Main()).execute(arguments));
    }

    @Override
    public Integer call() throws InterruptedException, ExecutionException {
        Settings settings;
        try {
            settings = Settings.of(System.getenv());
        } catch (IllegalArgumentException e) {
            return refuse(e.getMessage());
        }
        try (LauncherSession session = LauncherFactory.openSession()) {
            List<String> unknown = new Selection(only).unknown(names(session.getLauncher(), new Selection(List.of())));
            if (!unknown.isEmpty()) {
                return refuse("no check is named " + String.join(" or ", unknown) + "; --list says which there are");
            }
            List<String> checks = names(session.getLauncher(), new Selection(only));
            if (list) {
                checks.forEach(out::println);
                return ExitCode.OK;
            }
            for (String tool : List.of("kubectl", "helm")) {
                if (!Tool.isThere(tool)) {
                    return refuse(tool + " is not on the PATH");
                }
            }
            var reporter = new Reporter(out);
            run(session.getLauncher(), reporter, settings.jobs());
            boolean passed = reporter.summary(checks);
            if (!passed) {
                out.println("\nlogs, events and resources of what failed: " + kept());
            }
            return passed ? ExitCode.OK : ExitCode.SOFTWARE;
        }
    }

    private void run(Launcher launcher, Reporter reporter, int jobs) throws InterruptedException, ExecutionException {
        Plan.FIRST.forEach(lane -> launcher.execute(request(List.of(lane), new Selection(only)), reporter));
        try (ExecutorService pool = Executors.newFixedThreadPool(jobs)) {
            List<Callable<Object>> lanes = Plan.BESIDE.stream()
                    .map(lane -> Executors.callable(
                            () -> launcher.execute(request(List.of(lane), new Selection(only)), reporter)))
                    .toList();
            for (Future<Object> lane : pool.invokeAll(lanes)) {
                lane.get();
            }
        }
        Plan.LAST.forEach(lane -> launcher.execute(request(List.of(lane), new Selection(only)), reporter));
    }

    private List<String> names(Launcher launcher, Selection selection) {
        TestPlan plan = launcher.discover(request(Plan.all(), selection));
        return plan.getRoots().stream()
                .flatMap(root -> plan.getDescendants(root).stream())
                .filter(TestIdentifier::isTest)
                .map(TestIdentifier::getDisplayName)
                .toList();
    }

    private LauncherDiscoveryRequest request(List<Class<?>> lanes, Selection selection) {
        var request = LauncherDiscoveryRequestBuilder.request()
                .selectors(lanes.stream()
                        .<DiscoverySelector>map(DiscoverySelectors::selectClass)
                        .toList())
                .filters((PostDiscoveryFilter)
                        test -> FilterResult.includedIf(!test.isTest() || selection.test(test.getDisplayName())))
                .configurationParameter(Lane.KEEP, kept().toString())
                .configurationParameter(Lane.LEAVE, String.valueOf(leave));
        if (!Settings.current().full()) {
            request.filters(TagFilter.excludeTags(Full.TAG));
        }
        return request.build();
    }

    /** Made at the first failure. */
    private Path kept() {
        return keep == null
                ? Path.of(
                        System.getProperty("java.io.tmpdir"),
                        "rebind-e2e-" + ProcessHandle.current().pid())
                : keep.toAbsolutePath();
    }

    private static int refuse(@Nullable String why) {
        System.err.println(why);
        return ExitCode.USAGE;
    }
}
