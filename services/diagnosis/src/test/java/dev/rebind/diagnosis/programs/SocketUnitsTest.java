package dev.rebind.diagnosis.programs;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

@DisplayName("When systemd is asked for its sockets")
class SocketUnitsTest {
    @Test
    @DisplayName("socket units are found by their port in systemd's table")
    void units() {
        String table = """
                [::]:8080             web.socket      web.service
                /run/dbus/socket      dbus.socket     dbus.service
                0.0.0.0:80            other.socket    other.service
                """;
        assertThat(SocketUnits.parse(table, 8080)).containsExactly("web.socket");
        assertThat(SocketUnits.parse(table, 80)).containsExactly("other.socket");
        assertThat(SocketUnits.parse(table, 81)).isEmpty();
    }
}
