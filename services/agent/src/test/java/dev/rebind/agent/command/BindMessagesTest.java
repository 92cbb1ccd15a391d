package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.command.BindMessages.About;
import dev.rebind.agent.command.BindMessages.Failure;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class BindMessagesTest {
    @ParameterizedTest
    @ValueSource(
            strings = {
                "OSError: [Errno 98] Address already in use",
                "Error: listen EADDRINUSE: address already in use :::3000",
                "listen tcp :8080: bind: address already in use",
                "Os { code: 98, kind: AddrInUse, message: \"Address in use\" }",
                "error binding: Address already in use (os error 98)",
                "nginx: [emerg] bind() to 0.0.0.0:80 failed (98: Address already in use)"
            })
    @DisplayName("The ways in which servers say that their address is in use are known")
    void inUse(String line) {
        assertThat(BindMessages.errno("starting\n" + line + "\n")).contains("EADDRINUSE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics on port 8080: bind: Address already in use, going on without",
                "listen tcp :8080: bind: address already in use",
                "19:41:20 listen tcp 127.0.0.1:8080: bind: address already in use",
                "Error: listen EADDRINUSE: address already in use :::8080\n  code: 'EADDRINUSE',",
                "bind() to [::1]:8080 failed (98: Address already in use)",
                "[Errno 98] error while attempting to bind on address ('127.0.0.1', 8080): address already in use",
                "Error starting userland proxy: listen tcp4 0.0.0.0:8080: bind: address already in use",
                "OSError: [Errno 98] Address already in use\nport 8080: Address already in use\nport 9: EADDRINUSE"
            })
    @DisplayName("A line that names the port tells of its bind, and of another port's it tells nothing")
    void port(String words) {
        assertThat(about(words, 8080)).contains(About.THIS_PORT);
        assertThat(about(words, 7070)).contains(About.SOMETHING_ELSE);
        assertThat(BindMessages.errno(words)).contains("EADDRINUSE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "cannot bind /tmp/app-8080.sock: Address already in use",
                "bind() to unix:/var/run/app.sock failed (98: Address already in use)",
                "listen unix /run/app.socket: bind: address already in use",
                "Error: listen EADDRINUSE: address already in use /tmp/app.8080",
                "could not bind Unix address \"/tmp/.s.PGSQL.5432\": Address already in use",
                "listen udp :8080: bind: address already in use",
                "bind control socket ./run/ctl: Permission denied",
                "PermissionError: [Errno 13] Permission denied: 'app-8080.log'",
                "Error: EACCES: permission denied, open '/var/log/8080.log'",
                "dial tcp 127.0.0.1:8080: connect: cannot assign requested address"
            })
    @DisplayName(
            "An errno for a file, for UDP or for a connection is none of a bind of the port, whatever number it has in it")
    void somethingElse(String words) {
        assertThat(about(words, 8080)).contains(About.SOMETHING_ELSE);
        assertThat(BindMessages.errno(words)).isEmpty();
        assertThat(about(words + "\nlisten tcp :8080: bind: address already in use", 8080))
                .contains(About.THIS_PORT);
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OSError: [Errno 98] Address already in use",
                "19:41:20 main.go:42: bind: address already in use",
                "2026-11-30T19:41:20.123 server.js:42 EADDRINUSE",
                "2026-11-98 (98) bind: Address already in use",
                "/usr/sbin/server: bind: Address already in use",
                "hint: run 'fuser -k' when you see 'Address already in use'",
                "cannot bind: Cannot assign requested address",
                "bind: Permission denied"
            })
    @DisplayName(
            "A time of day, the line of a source file, a date and the number of an errno are no ports: a line with nothing"
                    + " else does not tell for what its errno is")
    void notTold(String words) {
        assertThat(about(words, 8080)).contains(About.NOT_TOLD);
        assertThat(about(words, 98)).contains(About.NOT_TOLD);
        assertThat(BindMessages.errno(words)).isPresent();
    }

    private static Optional<About> about(String words, int port) {
        return BindMessages.failure(BindMessages.failures(words, port)).map(Failure::about);
    }

    @Test
    @DisplayName("A refused permission is EACCES where it is about a bind, and other words are no errno")
    void others() {
        assertThat(BindMessages.errno("bind() to 0.0.0.0:80 failed (13: Permission denied)"))
                .contains("EACCES");
        assertThat(BindMessages.errno("bind 127.0.0.9:80: cannot assign requested address"))
                .contains("EADDRNOTAVAIL");
        assertThat(BindMessages.errno("cannot read /etc/shadow: Permission denied"))
                .isEmpty();
        assertThat(BindMessages.errno("ready on port 9898")).isEmpty();
    }

    @Test
    @DisplayName(
            "The words of a failure are the last line that tells of it, and the very last line where that is another one")
    void line() {
        assertThat(BindMessages.line(
                        "bind: EADDRINUSE\nhint: 'Address already in use'\nfatal: line 3: unknown key\n", 80))
                .contains("hint: 'Address already in use' / fatal: line 3: unknown key");
        assertThat(BindMessages.line("starting\n[Errno 98] Address already in use\n", 80))
                .contains("[Errno 98] Address already in use");
        assertThat(BindMessages.line("fatal: line 3: unknown key\n", 80)).isEmpty();
    }

    @Test
    @DisplayName("The last words are the last lines that are not blank, without what moves a terminal")
    void last() {
        assertThat(BindMessages.last("one\n\ntwo\n\u001b[31mthree\n", 2)).containsExactly("two", "[31mthree");
    }
}
