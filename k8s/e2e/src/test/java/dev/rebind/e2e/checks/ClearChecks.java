package dev.rebind.e2e.checks;

import static dev.rebind.e2e.checks.Records.fromFirstToLast;
import static dev.rebind.e2e.checks.Records.left;
import static dev.rebind.e2e.checks.Specs.EXPECT_TIME_WAIT;
import static dev.rebind.e2e.checks.Specs.experiment;
import static dev.rebind.e2e.checks.TableChecks.TIME_WAIT_SECONDS;
import static dev.rebind.e2e.junit.Claims.timeWait;

import dev.rebind.e2e.cluster.Experiments;
import dev.rebind.e2e.cluster.Experiments.Over;
import dev.rebind.e2e.cluster.NodePort;
import dev.rebind.e2e.cluster.Release;
import dev.rebind.e2e.junit.Check;
import dev.rebind.e2e.junit.Claims;
import dev.rebind.e2e.junit.Lane;
import dev.rebind.e2e.junit.Need;
import dev.rebind.e2e.junit.Needs;
import dev.rebind.experiment.restart.Mode;
import org.junit.jupiter.api.extension.RegisterExtension;

/** Cycles that fail, and destroy what is left with SOCK_DESTROY. */
final class ClearChecks {
    @RegisterExtension
    static final Lane LANE =
            Lane.named("clear").onHost(NodePort.CLEAR, NodePort.CLEAR_AGENT).value("server.destroySockets", true);

    @Check("counts/process/clear")
    @Needs(Need.PROCESS_MODE)
    void cleared(Release release, Experiments experiments, Claims claims) {
        int cycles = Math.max(2, release.settings().cycles());
        Over over = experiments.run(
                "clear",
                experiment(Mode.process, false, cycles)
                        .with(EXPECT_TIME_WAIT)
                        .with("onFailure: clear")
                        .with("reuseAddress: {value: null, sequence: [false, true]}"));
        claims.completed(over.status());
        claims.numbered(over, cycles);
        claims.counted(over.status(), timeWait(cycles));
        claims.every(
                "toggled",
                over.records(),
                record -> record.reuse() != null
                        && record.reuse().old() != record.reuse().fresh());
        claims.every("TIME_WAIT left", over.records(), record -> left(record, "TIME_WAIT") >= 1);
        double took = fromFirstToLast(over.records());
        // Waiting for the kernel would have taken a minute for each.
        claims.assertThat(took).as("seconds for all").isBetween(0.0, TIME_WAIT_SECONDS * (cycles - 1));
        claims.restored(release, over.status());
        claims.seen("%d of %d failed with time_wait and were cleared, %.1f s for each"
                .formatted(cycles, cycles, took / (cycles - 1)));
    }
}
