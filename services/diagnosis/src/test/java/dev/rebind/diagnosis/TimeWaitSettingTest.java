package dev.rebind.diagnosis;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.decide.Decision;
import dev.rebind.diagnosis.finding.Limit;
import dev.rebind.diagnosis.finding.RestartOutlook;
import dev.rebind.diagnosis.json.AuditJson;
import dev.rebind.diagnosis.look.PortObserver;
import dev.rebind.diagnosis.seen.KernelSettings;
import dev.rebind.diagnosis.seen.Observation;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.bind.MappedAddresses;
import dev.rebind.sockets.posix.FreePorts;
import dev.rebind.sockets.posix.PosixException;
import dev.rebind.sockets.posix.PosixSocket;
import dev.rebind.sockets.proc.Namespace;
import dev.rebind.sockets.release.ReleasePredictor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.ZoneOffset;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The kernel of these tests has no such setting: its folder is made here. */
@DisplayName("When a vendor's kernel has net.ipv4.tcp_tw_timeout")
class TimeWaitSettingTest {
    private final int port = FreePorts.next();

    @TempDir
    Path settings;

    @BeforeEach
    void ten_seconds() throws IOException {
        Files.writeString(settings.resolve("tcp_tw_timeout"), "10\n");
        Files.writeString(settings.resolve("tcp_fin_timeout"), "60\n");
    }

    private WhyPort why() {
        return new WhyPort(new Namespace(settings));
    }

    @Test
    @DisplayName("the diagnosis of a TIME_WAIT says that time, and not 60 s")
    void diagnosis() throws PosixException {
        Ports.leaveTimeWait(port, false);
        Diagnosis diagnosis = why().diagnose(Question.everywhere(port), new PortObserver.Manner(true, false, false));
        assertThat(diagnosis.timeWaitSeconds()).isEqualTo(10);
        assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(diagnosis)))
                .contains("without a process, for 10 s, rounded up by its timers.");
    }

    @Test
    @DisplayName("and the sockets of another namespace are looked at from outside, then 60 s are said to be assumed")
    void outside() throws PosixException {
        assertThat(outsideOf(new Namespace(settings)).timeWaitAssumed()).isTrue();
        assertThat(outsideOf(new Namespace()).timeWaitAssumed()).isFalse();
        Ports.leaveTimeWait(port, false);
        Observation seen = new PortObserver(new ReleasePredictor(), new Namespace(settings))
                .look(Question.everywhere(port), new PortObserver.Manner(false, false, false));
        assertThat(Decision.of(seen).limits()).doesNotContain(new Limit.TimeWaitAssumed());
        Diagnosis unread = Decision.of(seen.withSettings(outsideOf(new Namespace(settings))));
        assertThat(unread.limits()).contains(new Limit.TimeWaitAssumed());
        assertThat(String.join("\n", new Screen(ZoneOffset.UTC).lines(unread)))
                .contains("That a TIME_WAIT lasts for 60 s is assumed");
    }

    private static KernelSettings outsideOf(Namespace here) {
        return KernelSettings.outside(here, MappedAddresses.USUAL);
    }

    @Test
    @DisplayName("an audit says for how long the connections of a server keep its port by that time")
    void audit() throws PosixException {
        try (PosixSocket listener = Ports.listener(Ports.LOOPBACK, port, false);
                PosixSocket client = Ports.connected(port);
                PosixSocket accepted = listener.accept()) {
            assertThat(client.fd()).isNotEqualTo(accepted.fd());
            var audit = (Audit.Read) why().audit();
            assertThat(audit.on(other -> other == port).listeners())
                    .singleElement()
                    .satisfies(found -> assertThat(found.restart())
                            .isEqualTo(
                                    new RestartOutlook.BlockedByItsConnections(1, 0, Duration.ofSeconds(10), false)));
            assertThat(AuditJson.write(audit)).contains("\"blocked_for\":10.000,\"blocked_for_assumed\":false");
        }
    }
}
