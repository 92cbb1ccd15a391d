package dev.rebind.metrics;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.rebind.sockets.posix.FreePorts;
import io.micrometer.prometheusmetrics.PrometheusConfig;
import io.micrometer.prometheusmetrics.PrometheusMeterRegistry;
import java.net.BindException;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;

class ExampleTest {
    @Test
    @DisplayName("the example of the reference page does what the page says, with a Prometheus registry")
    void example() throws Exception {
        int port = FreePorts.next();
        var registry = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
        try (var _ = Example.open(port, registry)) {
            assertThat(registry.scrape())
                    .contains("rebind_tcp_sockets{port=\"" + port + "\",side=\"server\",state=\"LISTEN\"} 1.0")
                    .contains("rebind_bind_attempts_total{cause=\"none\",errno=\"none\",outcome=\"bound\",port=\""
                            + port + "\",reuse_new=\"on\",reuse_old=\"none\"} 1.0");
            var other = new PrometheusMeterRegistry(PrometheusConfig.DEFAULT);
            assertThatThrownBy(() -> Example.open(port, other)).isInstanceOf(BindException.class);
            assertThat(other.scrape())
                    .contains(
                            "rebind_bind_attempts_total{cause=\"unknown\",errno=\"EADDRINUSE\",outcome=\"failed\",port=\""
                                    + port + "\",reuse_new=\"on\",reuse_old=\"none\"} 1.0");
        }
    }
}
