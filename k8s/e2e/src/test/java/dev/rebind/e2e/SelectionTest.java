package dev.rebind.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SelectionTest {
    @Test
    @DisplayName("When nothing is named, then every check is selected")
    void everything() {
        assertThat(new Selection(List.of())).accepts("table/pod/process/on", "kubectl-wait");
    }

    @Test
    @DisplayName(
            "When a name is given, then that check or all below it are selected, and none that only begins with the same letters")
    void below() {
        var selection = new Selection(List.of("table/pod", "kubectl-wait"));
        assertThat(selection)
                .accepts("table/pod/process/on", "kubectl-wait")
                .rejects("table/podium/process/on", "table/hostPort/pod/on", "kubectl-waits", "table");
    }

    @Test
    @DisplayName("When a name ends with a slash, then it means the same")
    void slash() {
        assertThat(new Selection(List.of("refused/")))
                .accepts("refused/no-target")
                .rejects("orders/selected");
    }

    @Test
    @DisplayName("When a name selects none of the checks, then it is unknown")
    void unknown() {
        var selection = new Selection(List.of("refused", "table/nothing", "orders/selected"));
        assertThat(selection.unknown(List.of("refused/no-target", "orders/selected", "table/pod/pod/on")))
                .containsExactly("table/nothing");
    }
}
