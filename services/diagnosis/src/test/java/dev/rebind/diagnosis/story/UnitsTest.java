package dev.rebind.diagnosis.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.MadeProcess;
import dev.rebind.diagnosis.seen.SeenHolder;
import dev.rebind.sockets.options.OptionsAnswer;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import dev.rebind.sockets.owners.SocketOwner;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a holder is in the cgroup of a systemd unit, then the unit serves with it")
class UnitsTest {
    private static final String NGINX = "0::/system.slice/nginx.service\n";
    private static final String SSH = "0::/system.slice/ssh.service\n";
    private static final String OF_USER = "0::/user.slice/user-1000.slice/user@1000.service/app.slice/web.service\n";
    private static final ProcessStory SYSTEMD = process(1, 0, 1, "systemd", 0, "0::/init.scope\n");
    private static final ProcessStory SHELL = process(40, 30, 40, "bash", 0, SSH);

    private static ProcessStory process(int pid, int parent, int session, String name, long uid, String cgroup) {
        return new MadeProcess(pid, name)
                .ofUser(uid)
                .childOf(parent)
                .inSession(session)
                .inCgroup(cgroup)
                .story();
    }

    private static SeenHolder holding(ProcessStory process, ProcessStory parent, Optional<List<String>> siblings) {
        return new SeenHolder(
                new SocketOwner(process.pid(), 3, OptionalInt.empty()),
                new ProcessAnswer.Known(process),
                Optional.of(new ProcessAnswer.Known(parent)),
                new OptionsAnswer.Gone(),
                Optional.empty(),
                SeenHolder.Attention.WAITS,
                siblings);
    }

    @Test
    @DisplayName("where it is the main process, and where it is a worker of that one")
    void main() {
        ProcessStory master = process(12, 1, 12, "nginx", 0, NGINX);
        ProcessStory worker = process(13, 12, 12, "nginx", 33, NGINX);
        assertThat(Units.serving(List.of(
                        holding(worker, master, Optional.empty()),
                        holding(master, SYSTEMD, Optional.of(List.of(SSH, OF_USER))))))
                .containsExactlyInAnyOrder(12, 13);
    }

    @Test
    @DisplayName("of a user's manager, where that is its parent")
    void ofUser() {
        ProcessStory server = process(52, 50, 52, "web", 1_000, OF_USER);
        assertThat(Units.serving(List.of(
                        holding(server, process(50, 1, 50, "systemd", 1_000, OF_USER), Optional.of(List.of())))))
                .containsExactly(52);
        assertThat(Units.serving(List.of(holding(server, SYSTEMD, Optional.of(List.of())))))
                .isEmpty();
    }

    @Test
    @DisplayName("not where somebody started it in a login, also where it has become a child of systemd")
    void byHand() {
        ProcessStory server = process(41, 40, 40, "python3", 0, SSH);
        ProcessStory daemon = process(42, 1, 42, "python3", 0, SSH);
        ProcessStory orphan = process(43, 1, 40, "python3", 0, SSH);
        assertThat(Units.serving(List.of(holding(server, SHELL, Optional.empty()))))
                .isEmpty();
        assertThat(Units.serving(List.of(holding(daemon, SYSTEMD, Optional.of(List.of(SSH, NGINX))))))
                .isEmpty();
        assertThat(Units.serving(List.of(holding(orphan, SYSTEMD, Optional.of(List.of())))))
                .isEmpty();
    }

    @Test
    @DisplayName("not where the processes beside it cannot be told, and not where it is in no unit")
    void notKnown() {
        ProcessStory server = process(12, 1, 12, "nginx", 0, NGINX);
        assertThat(Units.serving(List.of(holding(server, SYSTEMD, Optional.empty()))))
                .isEmpty();
        ProcessStory none = process(12, 1, 12, "nginx", 0, "0::/\n");
        assertThat(Units.serving(List.of(holding(none, SYSTEMD, Optional.of(List.of())))))
                .isEmpty();
    }
}
