package dev.rebind.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatIllegalArgumentException;

import dev.rebind.child.protocol.StopWay;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ServerOrderTest {
    @ParameterizedTest
    @EnumSource(value = StopWay.class, names = "kill", mode = EnumSource.Mode.EXCLUDE)
    @DisplayName("an order to stop is read as it is written")
    void stop(StopWay way) {
        var order = new ServerOrder.Stop(way);
        assertThat(ServerOrder.parse(order.line())).isEqualTo(order);
    }

    @Test
    @DisplayName("SIGKILL is no order")
    void kill() {
        assertThat(ServerOrder.parse("stop kill")).isEqualTo(new ServerOrder.Unknown("stop kill"));
        assertThatIllegalArgumentException().isThrownBy(() -> new ServerOrder.Stop(StopWay.kill));
    }
}
