package dev.rebind.client;

import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReferencePageTest {
    @Test
    @DisplayName("docs/reference/client.md says what the code does")
    void page() {
        SettingsPage.hold(
                Path.of("../../docs/reference/client.md"),
                """
                # rebind client

                Connects to a server, uses it in a way of your choice, and measures its service from outside. It says what it sees on
                standard output, one JSON object a line. A flag wins over its variable, the variable over the default.

                """ + SettingsPage.of(new CommandLine(new ClientCommand())) + """

                ## Orders on standard input, with `--with-parent`

                | order | meaning |
                | --- | --- |
                | `close` | close every connection in order: a FIN, then read to the server's FIN. None is made again before `resume` |
                | `reset` | reset every connection (`SO_LINGER` 0). None is made again before `resume` |
                | `stall` | stop reading and writing now, and close nothing, whatever the server does |
                | `resume` | read again, and make the missing connections again |
                | `print` | say what the server said: event `said` |
                | `mark` | a restart begins: forget what was measured, but for an outage that is under way |
                | `report` | say what was measured since the mark: event `report` |
                | `stop` | close everything in order and end |

                The end of standard input means that the parent is gone: the client ends at once.

                ## Events on standard output

                `connected` (`connections`): all are there, and each has had a good answer; again whenever that has become so anew. `said`
                (`quotes`: `localPort`, `lines`, `last`). `misunderstood` (`line`). `stopped`. With `--measure-interval`, `measured`: what happened
                since the last one, whatever was marked (`answers`, `resets`, `bytesLost`, `failedConnects`, `connections`, `outagesMs`, `roundTrips` by bucket:
                `count`, `nanos`), which is where the [meters](metrics.md) of an agent that runs clients come from. And `report`:

                | member | meaning |
                | --- | --- |
                | `wanted`, `connections`, `served` | how many there should be; are open and not being closed; have had a good answer |
                | `stalled` | whether every open connection has stopped reading |
                | `answers`, `unexpected` | good answers; other lines. Good is a line `I am server`, and one that carries the request that it answers |
                | `generations` | good answers by the generation that gave them, where the server says one |
                | `connects`, `failedConnects` | connections made; attempts that failed, by errno (`timeout`: the client's own; `unknown`: cannot be told) |
                | `selfConnects` | connections to itself: reset at once, and no service |
                | `resets`, `ends`, `broken` | connections that ended with ECONNRESET or EPIPE; with the server's FIN; with another errno |
                | `outages` | outages that began since the mark, or were under way at it |
                | `downtimeMs` | see below; absent without an outage and while one is under way |
                | `lastGoodAnswerAt`, `firstGoodAnswerAt`, `firstGoodGeneration` | both ends of that downtime, and the generation that ended it; of an outage under way only the first |
                | `bytesSent`, `bytesReceived` | given to and read from the kernel |
                | `bytesUnacknowledged` | Send-Q of the open connections: not acknowledged by the server's kernel, or not sent yet; absent where the kernel's sockets cannot be read |
                | `requestsLost`, `bytesLost` | requests on connections that ended before the answer came, and their bytes |
                | `roundTripMs` | `count`, `p50`, `p90`, `p99`, `max` of the last 65,536 numbered requests; absent without any |
                | `localPorts` | of the open connections |

                ## Downtime

                An outage begins when a connection is lost that had been answered. Its start is the last good answer on any connection that
                was lost in it: what a surviving connection is told, by the old server's last process for instance, is no service to
                those who have to connect. It ends with the first good answer on a connection whose making began after the first
                loss, from a generation not older than the one that was lost; or on any connection from a later generation. A server that
                stops in steps may cause several outages: `downtimeMs` is the longest, by the monotonic clock. Connections that the client
                itself closes or resets on order count as lost. It is known no more exactly than `--reconnect-longest` and `--interval`.
                """);
    }
}
