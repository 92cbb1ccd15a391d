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
                what was left on the port and why a bind failed. A flag takes precedence over its variable, and the variable over the default.
                SIGTERM and SIGINT stop the server in order. If the agent is killed, the server ends with it.

                """ + SettingsPage.of(new CommandLine(new AgentCommand())) + """

                ## Events on standard output

                Each event is one JSON object per line, with `event`, `at` and `generation`. Generations count from 1. A fact that is not known is absent.

                | event | when | further members |
                | --- | --- | --- |
                | `bound` | `bind` and `listen` have both succeeded | `address`, `port`, `pids`; `beside` (who else listens on the port: `local`, `pids`, `process`, `gets` (which clients reach it: its_address, all_ipv4, all_ipv6, a_share, its_device, the_rest), `text`); `nat` (rules that send clients elsewhere or may do so, a sentence each); `natUnread` (why all or some of the rules could not be read); `warning` where the port lies in `net.ipv4.ip_local_port_range` |
                | `failed` | one of them failed | `address`, `port`, `errno`, `errnoNumber`, `call`, `cause` ([names](why.md#causes)), `confident`, `blocking` (`state`, `local`, `remote`, `cause`, `expiresMs`, `generation`; of the first holder `pid`, `program`, `command`, `user`, `since`; `pids` where there are several), `release` (milliseconds after the failure, or `unknown` and why), `prevention`, `remedies` (`kind`, `when`: now or later, `text`), `explanation` |
                | `stopped` | the server is gone | `way`, `killed`, `tookMs`, `exitCode`, `residue` (connections by state), `listeners` (who listens on the port all the same: `local`, `pid`, `process`), or `why` it could not be stopped |
                | `broken` | the server could not be run at all | `why` |
                | `serving` | the HTTP API can be asked | `address`, `port`, `instance`, without `generation` |
                | `misunderstood` | a line on standard input was no order | `line` |

                ## Orders on standard input

                `restart` stops the server and starts the next generation; `stop` stops it and ends the agent. The end of standard
                input is not an order, since a service has no standard input.

                ## HTTP

                `--http-address` switches the HTTP API on. `GET /livez`, `GET /readyz` (200 while the server is bound, held, or there is none)
                and `GET /metrics` (Prometheus' text format, [meters](metrics.md)) need no credential. All other requests need `Authorization: Bearer TOKEN`. Bodies are JSON of at most 1 MiB; unknown members are refused. A refusal is an
                `application/problem+json` (RFC 9457). Durations and instants are ISO 8601; members that end in `Nanos` are times of the
                agent's monotonic clock. The member `is` names the kind of a result.

                | request | body | answer |
                | --- | --- | --- |
                | `GET /v1/agent` | | `protocol` (of this API: a controller refuses an agent of another one), `instance`, `version`, `node`, `pod`, `pid`, `nanoTime`, `networkNamespace` (inode), `timeWaitSeconds` (how long its kernel keeps a TIME_WAIT, where no namespace can set it), `clear` (whether it may destroy sockets), `holder`, `baseline` (`state`: idle, starting, bound, failing, held, ended; `generation`, `reuseAddress`) |
                | `PUT /v1/hold` | `holder` (`namespace`, `name`, `uid`), `leaseSeconds` (1 to 3600, default 120), `baseline` (stop or keep, default stop), `renew` (true: fail if the hold has ended) | `holder`, `until`, `baseline`; 409 with `holder` if another has it |
                | `DELETE /v1/hold` | | `done`; the agent ends what was started, and starts its own server again |
                | `POST /v1/start` | the generation's settings: `generation`, `place` (`address`, `port`), `mode` (process or listener), `reuseAddress`, `reusePort`, `service`, `transport`, `reading`, `processPerConnection`, `backlog` | `is`: bound, failed or broken |
                | `POST /v1/stop` | `generation`, `way` (close, reset, keep or kill), `gracePeriod` (at most PT5M) | `is`: stopped, killed or broken |
                | `GET /v1/look?address=…&port=…` | | `view` (`local`, `remote`, `listeners`, `owners`) |
                | `…&forecast=true` | | the same and `releases` (`local`, `remote`): when each socket of `view` stops standing in the way, as this agent predicts, in the order of the sockets |
                | `…&pod=UID&host=…` | | the same in the network namespace of a pod of the node, for an agent that sees the node's processes; `host`: whether the pod is on the host's network. The answer also has `containers`: the containers of the pod that had a process right after the look, by the runtime's ids |
                | `GET /v1/ports/PORT` | | `ephemeral`: whether the kernel may give the port to an outgoing connection, in the agent's network namespace |
                | `GET /v1/why/PORT` | | why a server can or cannot bind the port, in the agent's network namespace: as `rebind why PORT --json` ([schema](why.schema.json)). `address=…`: for that address. `probe=true`: the kernel is asked by a bind of microseconds; else the answer is that of the rule |
                | `…?pod=UID&host=…` | | the same for a pod of the node, as seen from outside: with the processes of the pod, where the agent may see them, and without the addresses and settings of its namespace and sockets that are bound and do not listen |
                | `GET /v1/why` | | `ports`: every port on which a bind fails, or would fail after a restart, as `rebind why --json` |
                | `POST /v1/audit` | `pods` (1 to 1,000 uids, or hashes of static pods) | with `--audit`: the listeners of these pods of the node, and what a restart now would meet, the worst first, 2,000 at most ([schema](audit.schema.json)). Audits are 10 s apart at least, and take a tenth of one processor at most: a request that comes sooner gets the last one. 409 without `--audit` |
                | `POST /v1/explain` | `failed` (what `start` answered just now) | `id`, `explanation`, `view` (the look that the explanation was made from: the agent looks when the request comes) |
                | `POST /v1/released` | `explanation` (its id), `releasedNanos`, `exact` | `done` |
                | `POST /v1/clear` | `place` | `is`: cleared or refused |
                | `POST /v1/clients` | `place`, `wanted` (`connections`, `behaviour`, `answered`, `reconnect`, `traffic`: `is` rebind, tcp or http, and what is said) | `id`; the clients end when nobody has asked about them for 120 s |
                | `POST /v1/clients/{id}/orders` | `order` (close, reset, stall, resume, mark …) | `done` |
                | `GET /v1/clients/{id}/report` | | `report`, absent if they do not answer; `condition` |
                | `GET /v1/clients/{id}` | | `condition` |
                | `DELETE /v1/clients/{id}` | | `done` |
                | `POST /v1/leave` | `way` | `done`, when the agent's own server, which the hold kept running, is stopped in that way |
                | `POST /v1/exit` | `code` (0 to 255), `way` (default `--close`) | `done`, then the process ends |
                | `GET /v1/starts` | | `starts`: the starts that the agent made by itself, the newest last, at most 100: `generation`, `tries`, `start` (the last try), `failure` (the first: `failed`, `explanation`, `view` of right after it, `sentence`), `before` (a view of the port) |

                A request that changes anything needs the header `Rebind-Hold: UID` of the holder. `Idempotency-Key` makes a request safe to
                repeat. With `Rebind-Instance` any other process of the agent refuses the request (412).
                """);
    }
}
