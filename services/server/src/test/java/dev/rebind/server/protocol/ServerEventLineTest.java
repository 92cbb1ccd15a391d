package dev.rebind.server.protocol;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.child.protocol.StopWay;
import dev.rebind.server.protocol.ServerEvent.Attempt;
import dev.rebind.server.protocol.ServerEventLine.Parsed;
import java.time.Instant;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class ServerEventLineTest {
    private static final Instant AT = Instant.parse("2026-11-22T21:52:07.412345678Z");
    private static final Attempt ATTEMPT = new Attempt("::1", 18080, true, false, "epoll", 3, 4711);

    static ServerEvent[] events() {
        return new ServerEvent[] {
            new ServerEvent.Bound(ATTEMPT, AT),
            new ServerEvent.BindFailed(ATTEMPT, AT, "EADDRINUSE", 98, "listen", "Adresse déjà utilisée"),
            new ServerEvent.BindFailed(ATTEMPT, AT, null, null, null, "?"),
            new ServerEvent.Refused(ATTEMPT, AT, "no io_uring"),
            new ServerEvent.Unbound(7, AT),
            new ServerEvent.Stopped(StopWay.keep, 7, 9_000_000_000L, AT),
            new ServerEvent.Report(true, 7, 8, AT),
            new ServerEvent.Misunderstood("a \"line\"\u0000", AT)
        };
    }

    @ParameterizedTest
    @MethodSource("events")
    @DisplayName("What is written is read again")
    void bothWays(ServerEvent event) {
        assertThat(ServerEventLine.parse(ServerEventLine.write(event).encode())).isEqualTo(new Parsed.Event(event));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "{}",
                "[]",
                "null",
                "{\"event\":\"bind\"}",
                "{\"event\":\"bind\",\"outcome\":\"bound\",\"at\":\"2026-11-22T21:52:07Z\"}",
                "{\"event\":\"unbound\",\"at\":\"yesterday\",\"connections\":1}",
                "{\"event\":\"unbound\",\"at\":\"2026-11-22T21:52:07Z\",\"connections\":\"many\"}",
                "{\"event\":\"new\",\"at\":\"2026-11-22T21:52:07Z\"}",
                "WARNING: something else on standard output"
            })
    @DisplayName("What is no event is garbage, not an exception")
    void garbage(String line) {
        assertThat(ServerEventLine.parse(line)).isInstanceOf(Parsed.Garbage.class);
    }

    @Property
    void anythingParsesToSomething(@ForAll String line) {
        assertThat(ServerEventLine.parse(line)).isNotNull();
    }
}
