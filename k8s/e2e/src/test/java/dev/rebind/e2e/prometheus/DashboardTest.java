package dev.rebind.e2e.prometheus;

import static org.assertj.core.api.Assertions.assertThat;

import com.sun.net.httpserver.HttpServer;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against a server that answers as Prometheus does, and has one series for each query but those of "absent". */
class DashboardTest {
    private final List<String> asked = new CopyOnWriteArrayList<>();
    private final HttpServer server;

    DashboardTest() throws IOException {
        server = HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    }

    @BeforeEach
    void start() {
        server.createContext("/api/v1/", exchange -> {
            URI uri = exchange.getRequestURI();
            asked.add(URLDecoder.decode(uri.toString(), StandardCharsets.UTF_8));
            String data = uri.getPath().startsWith("/api/v1/label/")
                    ? "[\"8080\", \"18080\"]"
                    : uri.getRawQuery().contains("absent")
                            ? "{\"resultType\": \"matrix\", \"result\": []}"
                            : "{\"resultType\": \"matrix\", \"result\": [{\"metric\": {}, \"values\": [[1, \"2\"]]}]}";
            byte[] body = ("{\"status\": \"success\", \"data\": " + data + "}").getBytes(StandardCharsets.UTF_8);
            exchange.sendResponseHeaders(200, body.length);
            exchange.getResponseBody().write(body);
            exchange.close();
        });
        server.start();
    }

    @AfterEach
    void stop() {
        server.stop(0);
    }

    private Dashboard dashboard(Path folder, String expression) throws IOException {
        Path file = Files.writeString(folder.resolve("port.json"), """
            {"templating": {"list": [
               {"name": "datasource", "type": "datasource"},
               {"name": "port", "type": "query", "query": "label_values(rebind_tcp_sockets, port)", "includeAll": true},
               {"name": "side", "type": "custom", "query": "server,client"}]},
             "panels": [{"type": "row", "panels": [
               {"type": "timeseries", "title": "Sockets", "fieldConfig": {"defaults": {"noValue": "no data"}},
                "targets": [{"refId": "A", "expr": "%s"}]}]}]}
            """.formatted(expression));
        var prometheus =
                new Prometheus("http://127.0.0.1:" + server.getAddress().getPort());
        return new Dashboard(prometheus, Map.of("node", List.of("node0")), file);
    }

    @Test
    @DisplayName(
            "When a panel's query has variables in each notation, then Prometheus is asked with what a reader would choose")
    void filled(@TempDir Path folder) throws IOException {
        var dashboard = dashboard(folder, "rate(x{port=~'${port:regex}',side='[[side]]'}[$__range])");
        assertThat(dashboard.tried()).isEmpty();
        assertThat(dashboard.asked()).isEqualTo(2);
        assertThat(asked.getFirst()).contains("/api/v1/label/port/values", "match[]=rebind_tcp_sockets");
        assertThat(asked.getLast()).contains("rate(x{port=~'(8080|18080)',side='server'}[1800s])");
    }

    @Test
    @DisplayName("When a query has no series, then the panel is named")
    void empty(@TempDir Path folder) throws IOException {
        assertThat(dashboard(folder, "absent").tried())
                .singleElement()
                .asString()
                .contains("port, panel 'Sockets' A: no series: absent");
    }

    @Test
    @DisplayName("When a query has a variable that the dashboard has not, then that is told")
    void unknown(@TempDir Path folder) throws IOException {
        assertThat(dashboard(folder, "x{pod='$pod'}").tried())
                .singleElement()
                .asString()
                .contains("there is no variable pod");
    }
}
