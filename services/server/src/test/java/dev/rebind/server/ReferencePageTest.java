package dev.rebind.server;

import dev.rebind.child.SettingsPage;
import java.nio.file.Path;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import picocli.CommandLine;

class ReferencePageTest {
    @Test
    @DisplayName("docs/reference/server.md says what the code does")
    void page() {
        SettingsPage.hold(
                Path.of("../../docs/reference/server.md"),
                """
                # rebind server

                The server under test binds once. It reports on standard output whether it could bind, one JSON object per line,
                serves, and stops as told. A flag takes precedence over its variable, and the variable over the default.

                """ + SettingsPage.of(new CommandLine(new ServerCommand())) + """

                ## What it says to clients

                `echo` answers each line `L` with `I am server of generation N: L`. `stream` writes `I am server` line by line without
                end to a client that has sent a line that starts with `I am client`. If that line ends with `, which generation`, the
                first line is `I am server of generation N`. The server writes only as fast as the client reads.

                ## Events on standard output

                | event | when | members besides `at` |
                | --- | --- | --- |
                | `bind`, `outcome` `bound` | `bind` and `listen` have both succeeded | `address`, `port`, `reuseAddress`, `reusePort`, `transport`, `generation`, `pid` |
                | `bind`, `outcome` `failed` | one of them failed; the last event | as above, `message`; `errno`, `errnoNumber` and `call` (`bind` or `listen`) if they are known |
                | `bind`, `outcome` `refused` | this machine does not have what was asked for; the last event | as above, `message` |
                | `unbound` | the kernel has no listener of this server any more | `connections` that are still open |
                | `stopped` | all connections are closed; the last event | `way`, `connections` open at the order, `accepted` since the start |
                | `report` | on request | `listening`, `connections`, `accepted` |
                | `misunderstood` | a line on standard input was not an order | `line` |

                With `transport` `nio` a listener on `0.0.0.0` is a dual-stack IPv6 socket, as always in Java; with
                `-Djava.net.preferIPv4Stack=true` it is an IPv4 one. With `handler` `process` the sockets are bare ones (`transport` is
                `posix`), and `0.0.0.0` is IPv4 only.

                ## Orders on standard input, with `--with-parent`

                The orders are `stop close`, `stop reset`, `stop keep` and `report`, one per line. A later stop may order another way for the
                remaining connections. The end of standard input means that the parent is gone: the server and its handler processes end at once.
                """);
    }
}
