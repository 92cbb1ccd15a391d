package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assumptions.assumeThat;

import dev.rebind.sockets.TestJvm;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Rights;
import java.io.IOException;
import java.util.List;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When root of a user namespace asks, and an outer one owns the network")
class UserNamespacesTest {
    /** Root outside is another user inside, and what is not mapped is shown as overflowuid. */
    private static final List<String> APART = List.of(
            "setpriv", "--reuid=65534", "--regid=65534", "--clear-groups", "unshare", "--user", "--map-root-user");

    @BeforeEach
    void root() {
        assumeThat(Rights.uid()).as("only root becomes another user").isZero();
    }

    private static String answers(List<String> launcher, int port) throws IOException, InterruptedException {
        TestJvm.Ended ended = TestJvm.run(launcher, AnswersInNamespace.class, Integer.toString(port), "0.0.0.0");
        assumeThat(ended.err())
                .as("user namespaces, and nobody may read the classes")
                .isEmpty();
        return ended.out();
    }

    @Test
    @DisplayName("its capability does not count for a privileged port, asked or computed, and none is advised")
    void privileged() throws IOException, InterruptedException {
        assertThat(answers(APART, 81))
                .contains(
                        "0.0.0.0 asked EACCES computed EACCES",
                        "Cause: privileged_port",
                        "rights in an inner one (a rootless container's) do not count there",
                        "Lower net.ipv4.ip_unprivileged_port_start outside of this user namespace")
                .doesNotContain("security module", "setcap");
    }

    @Test
    @DisplayName("with a network of its own the capability counts")
    void ownNetwork() throws IOException, InterruptedException {
        assertThat(answers(List.of("unshare", "--user", "--map-root-user", "--net"), 81))
                .contains("0.0.0.0 asked binds computed binds");
    }

    @Test
    @DisplayName("a user who has no id in it is not said to be nobody")
    void overflow() throws IOException, InterruptedException, PosixException {
        int port = dev.rebind.sockets.posix.FreePorts.next();
        try (PosixSocket listener = Ports.listener(Ports.FOUR, port, true)) {
            assertThat(listener.fd()).isNotNegative();
            assertThat(answers(APART, port))
                    .contains("opened by a user whom this user namespace does not show")
                    .doesNotContain("nobody", "65534");
        }
    }
}
