package dev.rebind.experiment.rules;

import static org.assertj.core.api.Assertions.assertThat;

import dev.rebind.agent.command.CommandSettings;
import dev.rebind.experiment.Experiment;
import dev.rebind.experiment.Problem;
import dev.rebind.experiment.file.ExperimentFile;
import dev.rebind.experiment.file.ExperimentFile.Read;
import dev.rebind.plan.Plan;
import dev.rebind.plan.PlannedCycle;
import dev.rebind.plan.Planner;
import java.io.StringReader;
import java.net.URI;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.DisplayName;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class CommandRulesTest {
    private static final String COMMAND = "argv: [server, -p, '8080'], port: 8080";

    @Test
    @DisplayName("When only the program and the port are written, then the plan has every default")
    void defaults() {
        PlannedCycle cycle = planned("target: {command: {" + COMMAND + "}}");

        assertThat(cycle.command())
                .isEqualTo(new CommandSettings(
                        List.of("server", "-p", "8080"),
                        Map.of(),
                        Optional.empty(),
                        new CommandSettings.Readiness.Listening(),
                        Duration.ofSeconds(30)));
        assertThat(cycle.server().address()).isEqualTo("127.0.0.1");
        assertThat(cycle.server().port()).isEqualTo(8080);
        assertThat(cycle.expect().residue()).isNull();
        assertThat(cycle.isHeldOpen()).isTrue();
    }

    @Test
    @DisplayName("When everything is written, then it is in the plan")
    void whole() {
        PlannedCycle cycle = planned("target: {command: {" + COMMAND
                + ", address: '::1', environment: {A: b}, workingDirectory: /srv, readiness: {http:"
                + " 'http://[::1]:8080/up', timeout: 5s}}}");

        assertThat(cycle.command())
                .isEqualTo(new CommandSettings(
                        List.of("server", "-p", "8080"),
                        Map.of("A", "b"),
                        Optional.of("/srv"),
                        new CommandSettings.Readiness.Http(URI.create("http://[::1]:8080/up")),
                        Duration.ofSeconds(5)));
        assertThat(cycle.server().address()).isEqualTo("::1");
    }

    @ParameterizedTest
    @ValueSource(strings = {"server", "kill", "client", "stall"})
    @DisplayName("Ways to close that a signal can bring about are taken")
    void closes(String close) {
        assertThat(problems("target: {command: {" + COMMAND + "}}, restart: {close: " + close + "}"))
                .isEmpty();
    }

    @ParameterizedTest
    @CsvSource(delimiter = '|', textBlock = """
        target: {command: {argv: [], port: 1}} | spec.target.command.argv
        target: {command: {argv: [' '], port: 1}} | spec.target.command.argv
        target: {command: {argv: [a]}} | spec.target.command.port
        target: {command: {argv: [a], port: 0}} | spec.target.command.port
        target: {command: {argv: [a], port: 1, address: nowhere}} | spec.target.command.address
        target: {command: {argv: [a], port: 1}, server: {port: 1}} | spec.target.server
        target: {command: {argv: [a], port: 1, readiness: {http: 'ftp://x/'}}} | spec.target.command.readiness.http
        target: {command: {argv: [a], port: 1, readiness: {http: 'http://x/', log: up}}} | spec.target.command.readiness.log
        target: {command: {argv: [a], port: 1, readiness: {log: ''}}} | spec.target.command.readiness.log
        target: {command: {argv: [a], port: 1, readiness: {timeout: 0s}}} | spec.target.command.readiness.timeout
        target: {command: {argv: [a], port: 1}}, reuseAddress: {value: true} | spec.reuseAddress
        target: {command: {argv: [a], port: 1}}, parallel: 2 | spec.parallel
        target: {command: {argv: [a], port: 1}}, restart: {mode: listener} | spec.restart.mode
        target: {command: {argv: [a], port: 1}}, restart: {close: reset} | spec.restart.close
        target: {command: {argv: [a], port: 1}}, onFailure: move | spec.onFailure
        target: {command: {argv: [a], port: 1}}, steps: [{name: one}] | spec.steps
        """)
    @DisplayName("What cannot be had with a command names its field")
    void wrong(String spec, String field) {
        assertThat(problems(spec)).extracting(Problem::field).contains(field);
    }

    private static PlannedCycle planned(String spec) {
        return switch (read(spec)) {
            case Read.Experiments read -> {
                Experiment experiment = read.experiments().getFirst().experiment();
                yield ((Plan.Cycles) Planner.plan(experiment)).pattern().getFirst();
            }
            case Read.Problems problems -> throw new AssertionError(problems.toString());
        };
    }

    private static List<Problem> problems(String spec) {
        return read(spec) instanceof Read.Problems(List<Problem> problems) ? problems : List.of();
    }

    private static Read read(String spec) {
        return ExperimentFile.read(
                "one",
                new StringReader(
                        "{apiVersion: rebind.dev/v1alpha1, kind: RebindExperiment, metadata: {name: one}, spec: {"
                                + spec + "}}"));
    }
}
