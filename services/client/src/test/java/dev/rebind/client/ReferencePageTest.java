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
                standard output, one JSON object per line. A flag takes precedence over its variable, and the variable over the default.

                """ + SettingsPage.of(new CommandLine(new ClientCommand())) + """

                ## Orders on standard input, with `--with-parent`

                | order | meaning |
                | --- | --- |
                | `close` | close every connection in order: send a FIN, then read to the server's FIN. The client does not reconnect before `resume` |
                | `reset` | reset every connection (`SO_LINGER` 0). The client does not reconnect before `resume` |
                | `stall` | stop reading and writing now, and close nothing, whatever the server does |
                | `resume` | read again, and restore the missing connections |
                | `print` | print the server's lines: event `said` |
                | `observe` | measure the latencies before the next restart from now on |
                | `mark` | a restart begins: forget the measurements, except for an outage that has not ended |
                | `bound` | the new server is bound: measure the latencies after the restart from now on |
                | `report` | print the measurements since the mark: event `report` |
                | `stop` | close everything in order and end |

                The end of standard input means that the parent is gone: the client ends at once.

                ## Events on standard output

                `connected` (`connections`): all connections are open, and each has had a good answer; the event repeats when this becomes true again. `said`
                (`quotes`: `localPort`, `lines`, `last`). `misunderstood` (`line`). `stopped`. With `--measure-interval`, `measured`: what happened
                since the last such event, independent of marks (`answers`, `resets`, `bytesLost`, `failedConnects`, `requests`, `requestFailures`, `connections`, `outagesMs`, `roundTrips` by bucket:
                `count`, `nanos`); the [meters](metrics.md) of an agent that runs clients come from it. And `report`:

                | member | meaning |
                | --- | --- |
                | `at` | time of the report. All its times are by one clock: the wall clock as it was at the mark, and the monotonic clock from there on |
                | `wanted`, `connections`, `served` | number of connections that there should be; that are open and not being closed; that have had a good answer, or whose last one had it, of a server that ends each connection with its answer |
                | `stalled` | whether every open connection has stopped reading |
                | `answers`, `unexpected` | good answers; other lines. A good answer is a line `I am server`, or a line that repeats the request that it answers |
                | `generations` | good answers by the generation that gave them, if the server names it |
                | `connects`, `failedConnects` | connections made; attempts that failed, by errno (`timeout`: the client's own; `unknown`: not known) |
                | `selfConnects` | connections to itself, where nobody listened and the kernel gave the client the server's own port: they are reset at once, and are among `failedConnects` as ECONNREFUSED |
                | `resets`, `ends`, `broken` | connections that ended with ECONNRESET or EPIPE; with the server's FIN; with another errno |
                | `outages` | outages that began since the mark, or had not ended at the mark |
                | `downtimeMs`, `downtimeTotalMs` | see below: the longest outage, and all together; absent without an outage, and `downtimeMs` during one |
                | `lastGoodAnswerAt`, `firstGoodAnswerAt`, `firstGoodGeneration` | both ends of that downtime, and the generation that ended it; during an outage only the first |
                | `bytesSent`, `bytesReceived` | given to and read from the kernel |
                | `bytesUnacknowledged` | Send-Q of the open connections: bytes that the server's kernel has not acknowledged, or that are not sent yet; absent if the kernel's sockets cannot be read |
                | `requestsLost`, `bytesLost` | requests on connections that ended before the answer came, and their bytes |
                | `roundTripMs` | `count`, `p50`, `p90`, `p99`, `max` of the last 65,536 numbered requests; absent without any |
                | `localPorts` | of the open connections |
                | `requests` | with `--protocol` tcp, http and https, see below; else absent |

                ## Requests

                With `--protocol=http` and `https` request number *n* is due *n* / `--requests-per-second` seconds after the first, whatever became of the ones
                before. A request takes a free connection, or makes one if one is missing; if all are busy, it waits for one. Its latency counts from the time
                at which it was due, so that a request that had to wait is not counted as a fast one. The schedule begins after one request that is not counted.
                With `--protocol=tcp` the making of a connection, with what is sent and expected on it, is one request; latency counts from the first step of its making.

                | member | meaning |
                | --- | --- |
                | `sent`, `answered` | requests that were begun; requests with the expected answer |
                | `failed` | requests that failed, by how: `refused` (ECONNREFUSED), `reset` (ECONNRESET or EPIPE), `closed_early` (a FIN before the whole answer), `timeout`, `status` (another status than the expected one), `unreachable` (EHOSTUNREACH or ENETUNREACH), `other` |
                | `unansweredConnections` | on how many of the connections that are kept requests were sent and none was answered, from the mark before to this one, as where a server serves fewer at once; absent if each request has a connection of its own |
                | `bytesCut` | bytes of answers that began and did not come to their end |
                | `before`, `during`, `after` | latencies in milliseconds (`count`, `p50`, `p99`, `max`) of answered requests that were due between the orders `observe` and `mark`; between `mark` and `bound`; after `bound` |
                | `lateMs` | how much later than due requests were begun: 99th percentile |
                | `failures` | failed requests in groups of at most 10 ms, longer where there would be more than 300: `failure`; `phase` (`waiting` for a connection, `connecting`, `connected`); `made`, when their connections were made (`never`, `before_mark`, `after_mark`, `after_bound`); `onAnswered` (whether the connection had brought an answer before); `begun` (when the earliest of them was begun), `first`, `last` (when they failed); `count`; `detail` (status, errno or message of the first) |

                ## Downtime

                An outage begins when a connection is lost that had a good answer before. Its start is the last good answer on any connection that
                was lost in it. Answers on a surviving connection, by the old server's last process for instance, do not count: they are no
                service to clients that must connect. An outage ends with the first good answer on a connection attempt that began after the first
                loss, from a generation not older than the lost one; or on any connection from a later generation. A server that
                stops in steps may cause several outages: `downtimeMs` is the longest, by the monotonic clock. Connections that the client
                itself closes or resets on order count as lost. The precision of `downtimeMs` is limited by `--reconnect-longest` and `--interval`.

                With `--protocol=http` and `https` an outage begins with a failed request; its start is the last good answer before it. It ends with the
                first good answer to a request that was begun after that failure. If requests were due all the time, were answered, and none failed, `downtimeMs` is 0.
                With `--protocol=tcp` the start of an outage is the loss of the first connection, unless the server ends each connection within half
                a second of its answer, twice in a row on one client's connections: then each connection is a request, and what is said of HTTP holds.
                """);
    }
}
