package dev.rebind.diagnosis.examples;

import dev.rebind.diagnosis.BindFailure;
import java.net.InetSocketAddress;
import org.springframework.boot.diagnostics.AbstractFailureAnalyzer;
import org.springframework.boot.diagnostics.FailureAnalysis;
import org.springframework.boot.web.server.PortInUseException;

/**
 * Turns Spring Boot's "Port 8080 was already in use" into an explanation. {@code META-INF/spring.factories} names it: {@code
 * org.springframework.boot.diagnostics.FailureAnalyzer=…PortInUseAnalyzer}.
 */
final class PortInUseAnalyzer extends AbstractFailureAnalyzer<PortInUseException> {
    @Override
    protected FailureAnalysis analyze(Throwable rootFailure, PortInUseException cause) {
        // Where server.address is set, it belongs in here.
        return switch (BindFailure.explain(rootFailure, new InetSocketAddress(cause.getPort()))) {
            case BindFailure.Explained explained ->
                new FailureAnalysis(explained.text(), String.join(System.lineSeparator(), explained.advice()), cause);
            case BindFailure.NotExplained not ->
                new FailureAnalysis(cause.getMessage() + " " + not.why(), "Look with rebind why.", cause);
        };
    }
}
