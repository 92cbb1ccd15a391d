package dev.rebind.sockets;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import java.net.InetAddress;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class EndpointTest {
    @ParameterizedTest
    @CsvSource({
        "127.0.0.1, 127.0.0.1:80",
        "0.0.0.0, 0.0.0.0:80",
        "::, [::]:80",
        "::1, [::1]:80",
        "1::, [1::]:80",
        "2001:db8:0:0:1:0:0:1, [2001:db8::1:0:0:1]:80",
        "2001:db8:0:1:1:1:1:1, [2001:db8:0:1:1:1:1:1]:80",
        "2001:DB8:0:0:0:0:2:1, [2001:db8::2:1]:80",
        "1:0:0:2:0:0:0:3, [1:0:0:2::3]:80",
        "::ffff:127.0.0.1, 127.0.0.1:80"
    })
    @DisplayName("When an endpoint is written, then its address is as RFC 5952 has it")
    void text(String address, String text) {
        assertThat(new Endpoint(InetAddress.ofLiteral(address), 80)).hasToString(text);
    }

    @Test
    @DisplayName("When a port is out of range, then it is refused with the number")
    void range() {
        var address = InetAddress.getLoopbackAddress();
        assertThatIllegalArgumentException()
                .isThrownBy(() -> new Endpoint(address, 65_536))
                .withMessageContaining("65536");
        assertThatIllegalArgumentException().isThrownBy(() -> new Endpoint(address, -1));
    }
}
