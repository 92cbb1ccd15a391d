package dev.rebind.diagnosis.story;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.diagnosis.MadeProcess;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When a program listens for another one")
class ActivatorsTest {
    private static ProcessStory process(String executable, String... commandLine) {
        return process(12, executable, commandLine);
    }

    private static ProcessStory process(int pid, String executable, String... commandLine) {
        return new MadeProcess(pid, executable.replaceFirst("^.*/", ""))
                .ofFile(executable)
                .running(commandLine)
                .story();
    }

    @Test
    @DisplayName("the socket units of systemd are told, and the command that systemd-socket-activate would start")
    void activators() {
        List<String> units = List.of("web.socket");
        assertThat(Activators.of(process(1, "/usr/lib/systemd/systemd", "/sbin/init"), units))
                .contains(new Story.Activator(units, "", true));
        assertThat(Activators.of(process("/usr/lib/systemd/systemd", "/lib/systemd/systemd", "--user"), units))
                .as("a user's manager has other units")
                .contains(new Story.Activator(List.of(), "", true));
        assertThat(Activators.of(
                        process(
                                "/usr/bin/systemd-socket-activate",
                                "systemd-socket-activate",
                                "-l",
                                "18080",
                                "--inetd",
                                "/bin/cat",
                                "-n"),
                        units))
                .contains(new Story.Activator(List.of(), "/bin/cat -n", false));
        assertThat(Activators.of(process("/usr/sbin/nginx", "nginx"), units)).isEmpty();
    }

    @Test
    @DisplayName("a proxy of Docker is told with the container that it sends the clients to, in either family")
    void proxies() {
        assertThat(Activators.proxy(proxy("172.17.0.2"))).contains(new Story.ProxyFor("172.17.0.2:80"));
        assertThat(Activators.proxy(proxy("fd00::2"))).contains(new Story.ProxyFor("[fd00::2]:80"));
        assertThat(Activators.proxy(process("/usr/sbin/nginx", "nginx"))).isEmpty();
    }

    private static ProcessStory proxy(String address) {
        return process(
                "/usr/bin/docker-proxy",
                "/usr/bin/docker-proxy",
                "-proto",
                "tcp",
                "-host-ip",
                "::",
                "-host-port",
                "8080",
                "-container-ip",
                address,
                "-container-port",
                "80");
    }
}
