package dev.rebind.agent.supervisor;

import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReferencePageTest {
    @Test
    @DisplayName("docs/reference/agent.md says what the code does")
    void page() {
        SettingsPage.hold(
                Path.of("../../docs/reference/agent.md"),
                """
                # rebind agent

                Keeps Rebind's server running on its port as a process of its own, restarts it when told to, and says of each restart
                what was left on the port and why a bind failed. A flag wins over its variable, the variable over the default.
                SIGTERM and SIGINT stop the server in order; should the agent be killed, the server ends with it.

                """ + SettingsPage.of(new CommandLine(new AgentCommand())) + """

                ## Events on standard output

                One JSON object a line, with `event`, `at` and `generation`, a server's life counted from 1. An absent fact is absent.

                | event | when | further members |
                | --- | --- | --- |
                | `bound` | `bind` and `listen` have both succeeded | `address`, `port`, `pids`; `warning` where the port lies in `net.ipv4.ip_local_port_range` |
                | `failed` | one of them failed | `address`, `port`, `errno`, `errnoNumber`, `call`, `cause`, `confident`, `blocking`, `release` (milliseconds after the failure, or `unknown` and why), `prevention`, `explanation` |
                | `stopped` | the server is gone | `way`, `killed`, `tookMs`, `exitCode`, `residue` (sockets by state), or `why` it could not be stopped |
                | `broken` | the server could not be run at all | `why` |
                | `serving` | the HTTP API can be asked | `address`, `port`, `instance`, without `generation` |
                | `misunderstood` | a line on standard input was no order | `line` |

                ## Orders on standard input

                `restart` stops the server and starts the next generation; `stop` stops it and ends the agent. The end of standard
                input is no order: a service has none.
                """);
    }
}
