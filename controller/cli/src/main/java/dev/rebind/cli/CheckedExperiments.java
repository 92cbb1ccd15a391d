package dev.rebind.cli;

import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.expect.Expect;
import dev.rebind.experiment.value.GoDuration;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * Translates the options of {@code rebind check} into a file of experiments, one for each way. {@code rebind run} can run this file too.
 */
final class CheckedExperiments {
    static final String FILE = "check.yaml";

    private static final Map<String, String> OPTIONS = Map.ofEntries(
            Map.entry("spec.target.command.argv", "COMMAND"),
            Map.entry("spec.target.command.port", "--port"),
            Map.entry("spec.target.command.address", "--address"),
            Map.entry("spec.target.command.readiness", "--ready"),
            Map.entry("spec.target.command.readiness.http", "--ready"),
            Map.entry("spec.target.command.readiness.log", "--ready"),
            Map.entry("spec.target.command.readiness.timeout", "--ready-timeout"),
            Map.entry("spec.restart.gracePeriod", "--grace-period"),
            Map.entry("spec.retry.timeout", "--give-up"),
            // The interval between tries is a second, so a shorter time to give up is refused.
            Map.entry("spec.retry.interval", "--give-up"),
            Map.entry("spec.expect.servedWithin", "--served-within"),
            Map.entry("spec.cycles", "--cycles"),
            Map.entry("spec.clients.connections", "--clients"),
            Map.entry("spec.clients.protocol", "--protocol"),
            Map.entry("spec.clients.http.path", "--path"),
            Map.entry("spec.clients.http.requestsPerSecond", "--requests-per-second"));

    private final CheckCommand check;

    CheckedExperiments(CheckCommand check) {
        this.check = check;
    }

    /** How to find out that the server is ready; at most one of the two is set. */
    record Ready(@Nullable String http, @Nullable String log) {}

    String yaml() {
        YAMLMapper yaml = YAMLMapper.builder()
                .enable(YAMLGenerator.Feature.MINIMIZE_QUOTES)
                .enable(YAMLGenerator.Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                .build();
        var text = new StringBuilder();
        for (CheckedWay way : check.ways) {
            try {
                text.append(yaml.writeValueAsString(experiment(way)));
            } catch (IOException e) {
                throw new UncheckedIOException(e);
            }
        }
        return text.toString();
    }

    /** The option that sets a field of the experiment; the field itself where no option does. */
    static String option(String field) {
        return OPTIONS.entrySet().stream()
                .filter(option -> field.equals(option.getKey()) || field.startsWith(option.getKey() + "["))
                .map(Map.Entry::getValue)
                .findFirst()
                .orElse(field);
    }

    private Map<String, Object> experiment(CheckedWay way) {
        var experiment = new LinkedHashMap<String, Object>();
        experiment.put("apiVersion", Experiment.API_VERSION);
        experiment.put("kind", Experiment.KIND);
        experiment.put("metadata", Map.of("name", way.toString()));
        var spec = new LinkedHashMap<String, Object>();
        spec.put("target", Map.of("command", command()));
        var restart = new LinkedHashMap<String, Object>();
        restart.put("close", way.close().name());
        restart.put("gracePeriod", GoDuration.format(check.gracePeriod));
        spec.put("restart", restart);
        spec.put("cycles", check.cycles);
        spec.put("clients", clients());
        var retry = new LinkedHashMap<String, Object>();
        retry.put("interval", "1s");
        retry.put("timeout", GoDuration.format(check.giveUp));
        spec.put("retry", retry);
        if (!check.servedWithin.equals(Expect.SERVED_WITHIN)) {
            spec.put("expect", Map.of("servedWithin", GoDuration.format(check.servedWithin)));
        }
        experiment.put("spec", spec);
        return experiment;
    }

    private Map<String, Object> clients() {
        var clients = new LinkedHashMap<String, Object>();
        clients.put("connections", check.clients);
        clients.put("protocol", check.spoken().name());
        switch (check.spoken()) {
            case tcp -> {}
            case http -> clients.put("http", requests());
            case https -> {
                clients.put("http", requests());
                // The check is about coming back, so the certificate is not verified.
                clients.put("tls", Map.of("insecure", true));
            }
        }
        return clients;
    }

    /**
     * On a busy machine the stop may reset each connection that carries a request, and a reset leaves no socket. One connection therefore
     * stays idle.
     */
    private Map<String, Object> requests() {
        var requests = new LinkedHashMap<String, Object>();
        requests.put("path", check.path != null ? check.path : usualPath());
        if (check.requestsPerSecond != null) {
            requests.put("requestsPerSecond", check.requestsPerSecond);
        }
        if (check.clients > 1) {
            requests.put("idleConnections", 1);
        }
        return requests;
    }

    /** The path of --ready, where only --ready is the reason to speak HTTP; otherwise {@code /}. */
    private String usualPath() {
        if (check.protocol != null || check.ready.http() == null) {
            return "/";
        }
        try {
            var uri = new URI(check.ready.http());
            String path = uri.getRawPath() == null || uri.getRawPath().isEmpty() ? "/" : uri.getRawPath();
            return uri.getRawQuery() == null ? path : path + "?" + uri.getRawQuery();
        } catch (URISyntaxException e) {
            // The rules report the wrong address later.
            return "/";
        }
    }

    private Map<String, Object> command() {
        var command = new LinkedHashMap<String, Object>();
        command.put("argv", check.command);
        command.put("port", Objects.requireNonNull(check.port));
        command.put("address", check.address);
        Ready ready = check.ready;
        var readiness = new LinkedHashMap<String, Object>();
        if (ready.http() != null) {
            readiness.put("http", ready.http());
        }
        if (ready.log() != null) {
            readiness.put("log", ready.log());
        }
        readiness.put("timeout", GoDuration.format(check.readyTimeout));
        command.put("readiness", readiness);
        return command;
    }
}
