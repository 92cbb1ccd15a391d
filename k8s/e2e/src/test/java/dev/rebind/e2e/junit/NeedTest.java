package dev.rebind.e2e.junit;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.e2e.cluster.Settings;
import java.util.Map;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class NeedTest {
    @ParameterizedTest
    @CsvSource({
        "PROMETHEUS, PROMETHEUS_URL",
        "SERVERS_IMAGE, SERVERS_IMAGE",
        "FROZEN_API_SERVER, FREEZE_COMMAND",
        "FROZEN_KUBELET, FREEZE_KUBELET_COMMAND",
        "BROWSER, WALK_COMMAND"
    })
    @DisplayName("When a setting is not given, then the reason names it")
    void missing(Need need, String setting) {
        assertThat(need.missing(Settings.of(Map.of())))
                .hasValueSatisfying(why -> assertThat(why).contains(setting));
    }

    @Test
    @DisplayName("When only one of two commands is given, then the process cannot be frozen")
    void half() {
        assertThat(Need.FROZEN_API_SERVER.missing(Settings.of(Map.of("FREEZE_COMMAND", "true"))))
                .isPresent();
        assertThat(Need.FROZEN_API_SERVER.missing(
                        Settings.of(Map.of("FREEZE_COMMAND", "true", "THAW_COMMAND", "true"))))
                .isEmpty();
    }

    @Test
    @DisplayName("When a restart mode is not in MODES, then the reason says which are")
    void modes() {
        Settings settings = Settings.of(Map.of("MODES", "process listener"));
        assertThat(Need.PROCESS_MODE.missing(settings)).isEmpty();
        assertThat(Need.POD_MODE.missing(settings)).contains("restart mode pod is not in MODES (process listener)");
    }
}
