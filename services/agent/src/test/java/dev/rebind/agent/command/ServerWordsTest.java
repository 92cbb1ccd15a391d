package dev.rebind.agent.command;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ServerWordsTest {
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
        assertThat(ServerWords.errno("starting\n" + line + "\n")).contains("EADDRINUSE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "metrics on port 9999: bind: Address already in use, going on without",
                "listen tcp :9999: bind: address already in use",
                "19:41:20 listen tcp 127.0.0.1:9999: bind: address already in use",
                "Error: listen EADDRINUSE: address already in use :::9999\n  code: 'EADDRINUSE',",
                "bind() to [::1]:9999 failed (98: Address already in use)"
            })
    @DisplayName("What a server says of another port is nothing that it says of this one")
    void anotherPort(String words) {
        assertThat(ServerWords.errno(words, 9999)).contains("EADDRINUSE");
        assertThat(ServerWords.errno(words, 8080)).isEmpty();
        assertThat(ServerWords.line(words, 8080)).isEmpty();
        assertThat(ServerWords.errno(words + "\nlisten tcp :8080: bind: address already in use", 8080))
                .contains("EADDRINUSE");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "OSError: [Errno 98] Address already in use",
                "19:41:20 main.go:42: bind: address already in use",
                "2026-11-30T19:41:20.123 server.js:42 EADDRINUSE"
            })
    @DisplayName("A time of day and the line of a source file are no ports: what names none may be of this one")
    void noPort(String words) {
        assertThat(ServerWords.errno(words, 8080)).contains("EADDRINUSE");
    }

    @Test
    @DisplayName("A refused permission is EACCES where it is about a bind, and other words are no errno")
    void others() {
        assertThat(ServerWords.errno("bind() to 0.0.0.0:80 failed (13: Permission denied)"))
                .contains("EACCES");
        assertThat(ServerWords.errno("cannot read /etc/shadow: Permission denied"))
                .isEmpty();
        assertThat(ServerWords.errno("ready on port 9898")).isEmpty();
    }

    @Test
    @DisplayName("The last words are the last lines that are not blank, without what moves a terminal")
    void last() {
        assertThat(ServerWords.last("one\n\ntwo\n\u001b[31mthree\n", 2)).containsExactly("two", "[31mthree");
    }
}
