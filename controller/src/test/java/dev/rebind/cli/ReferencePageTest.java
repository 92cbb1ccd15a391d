package dev.rebind.cli;

import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReferencePageTest {
    @Test
    @DisplayName("docs/reference/controller.md says what the code does")
    void page() {
        SettingsPage.hold(
                Path.of("../docs/reference/controller.md"),
                """
                # rebind controller

                Runs the RebindExperiments of a Kubernetes cluster. It speaks to the API server by the account of its pod or, outside a cluster, by the
                kubeconfig. A flag wins over its variable, the variable over the default. The chart sets all of them. SIGTERM and SIGINT stop it in order:
                the cycles that run are abandoned, their targets get their own servers back, and the controller that is started next goes on.

                """ + SettingsPage.of(new CommandLine(new ControllerCommand())) + """

                ## HTTP

                Nothing of it changes anything, and nothing of it asks who is there: the chart's NetworkPolicy says who reaches it.

                | request | answer |
                | --- | --- |
                | `GET /livez` | 200 while the process serves |
                | `GET /readyz` | 200 once it serves; a controller that waits for the Lease is ready too. 503 before |
                | `GET /v1/experiments/{namespace}/{name}/records` | all records of the experiment, one a line (`application/jsonl`, [schema](cycle-record.schema.json)); 404 where there is no such experiment, or this controller has no records of it; 503 where the API server did not answer |

                ## Files

                `--records` has one file for each experiment, `NAMESPACE/NAME/UID.jsonl`. An experiment that was deleted and made again has another uid
                and so another file. Files of deleted experiments stay.
                """);
    }
}
