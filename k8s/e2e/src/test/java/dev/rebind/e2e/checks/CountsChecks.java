package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.left;
import static dev.rebind.e2e.checks.Records.perMinute;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.junit.Claims.bound;

import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Below;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.record.CycleRecord;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Exact counts of many cycles that all must bind. */
@Below("counts")
final class CountsChecks {
    @RegisterExtension
    static final Lane LANE = Lane.named("counts").onHost(NodePort.COUNTS, NodePort.COUNTS_AGENT);

    @Check("process/reuse-on")
    @Needs(Need.PROCESS_MODE)
    void processOverTimeWait(Release release, Experiments experiments, Claims claims) {
        overTimeWait(Mode.process, release, experiments, claims);
    }

    @Check("process/client-first")
    @Needs(Need.PROCESS_MODE)
    void processClientFirst(Release release, Experiments experiments, Claims claims) {
        clientFirst(Mode.process, release, experiments, claims);
    }

    @Check("listener/reuse-on")
    @Needs(Need.LISTENER_MODE)
    void listenerOverTimeWait(Release release, Experiments experiments, Claims claims) {
        overTimeWait(Mode.listener, release, experiments, claims);
    }

    @Check("listener/client-first")
    @Needs(Need.LISTENER_MODE)
    void listenerClientFirst(Release release, Experiments experiments, Claims claims) {
        clientFirst(Mode.listener, release, experiments, claims);
    }

    private static void overTimeWait(Mode mode, Release release, Experiments experiments, Claims claims) {
        int cycles = release.settings().cycles();
        Over over = experiments.run(mode + "-on", experiment(mode, true, cycles));
        List<CycleRecord> records = allBound(over, cycles, release, claims);
        // Not of each client: a server that ends with a request unread resets that connection.
        claims.every("TIME_WAIT left", records, record -> left(record, "TIME_WAIT") >= 1);
        claims.every(
                "clients were answered",
                records,
                record -> record.clients() != null
                        && record.clients().answers() > 0
                        && record.clients().ends() >= 5);
        String rate = "%.0f".formatted(perMinute(records));
        claims.figure("%s cycles a minute (reuse on, 5 clients, %d cycles)".formatted(mode, cycles), rate);
        var left =
                records.stream().mapToInt(record -> left(record, "TIME_WAIT")).summaryStatistics();
        claims.seen("%d of %d bound over %d to %d sockets in TIME_WAIT, %s a minute"
                .formatted(cycles, cycles, left.getMin(), left.getMax(), rate));
    }

    private static void clientFirst(Mode mode, Release release, Experiments experiments, Claims claims) {
        int cycles = release.settings().cycles();
        Over over = experiments.run(
                mode + "-client", experiment(mode, false, cycles).with("restart: {close: client}"));
        List<CycleRecord> records = allBound(over, cycles, release, claims);
        claims.every("nothing left", records, record -> Map.of().equals(record.residue()));
        claims.every("reuse off", records, record -> Records.OFF.equals(record.reuse()));
        claims.seen("%d of %d bound, nothing left, %.0f a minute".formatted(cycles, cycles, perMinute(records)));
    }

    private static List<CycleRecord> allBound(Over over, int cycles, Release release, Claims claims) {
        claims.completed(over.status());
        claims.numbered(over, cycles);
        claims.counted(over.status(), bound(cycles));
        claims.every(
                "bound",
                over.records(),
                record -> Records.bound(record) && Integer.valueOf(0).equals(record.bindFailures()));
        claims.restored(release, over.status());
        return over.records();
    }
}
