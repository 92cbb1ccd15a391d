package dev.rebind.e2e.cluster;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class SpecTest {
    private static final Spec SPEC = Spec.of("""
        restart: {mode: process, close: server}
        cycles: 3
        """);

    @Test
    @DisplayName("When a spec is patched, then what the patch names is replaced, member by member, and the rest stays")
    void patched() {
        assertThat(SPEC.with("{restart: {close: client}, clients: {connections: 0}}"))
                .hasToString(
                        "{\"restart\":{\"mode\":\"process\",\"close\":\"client\"},\"cycles\":3,\"clients\":{\"connections\":0}}");
        assertThat(SPEC).hasToString("{\"restart\":{\"mode\":\"process\",\"close\":\"server\"},\"cycles\":3}");
    }

    @Test
    @DisplayName("When a patch has null, then the member is taken away")
    void removed() {
        assertThat(SPEC.with("{restart: {close: null}, cycles: null}"))
                .hasToString("{\"restart\":{\"mode\":\"process\"}}");
    }

    @Test
    @DisplayName("When the first container of a workload is patched, then the others stay")
    void container() {
        Spec workload = Spec.of("spec: {template: {spec: {containers: [{name: web, args: [a]}, {name: other}]}}}");
        assertThat(workload.withContainer("{args: null, command: [b]}"))
                .hasToString(
                        "{\"spec\":{\"template\":{\"spec\":{\"containers\":[{\"name\":\"web\",\"command\":[\"b\"]},{\"name\":\"other\"}]}}}}");
    }
}
