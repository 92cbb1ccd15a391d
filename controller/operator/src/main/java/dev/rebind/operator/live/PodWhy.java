package dev.rebind.operator.live;

import com.fasterxml.jackson.core.JsonProcessingException;
import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.diagnosis.Diagnosis.Verdict;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.live.Experiments.AnsweredBy;
import dev.rebind.live.Experiments.PortDiagnosis;
import dev.rebind.operator.workload.AgentAnswer;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.record.Json;
import dev.rebind.sockets.Reading;
import java.io.UncheckedIOException;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Finds out why the port of a pod can or cannot be bound. It asks the agent in the pod first, and then the agent of the
 * node. If neither answers in time, it explains what this controller has seen of the port. Blocks for at most three
 * times the patience. Safe for several threads.
 */
final class PodWhy {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final OutsideView outside = new OutsideView();
    private final Duration patience;

    /** @param patience how long to wait for each agent's answer, and then for the controller's own look at the port */
    PodWhy(Duration patience) {
        this.patience = patience;
    }

    PortDiagnosis of(TargetSession target) {
        String pod = target.target().pod();
        return switch (answer(target)) {
            case Answer.Given(AgentAnswer given) ->
                new PortDiagnosis(
                        pod,
                        switch (given.by()) {
                            case pod -> new AnsweredBy.PodAgent();
                            case node -> new AnsweredBy.NodeAgent();
                        },
                        given.json());
            case Answer.None(String why) ->
                new PortDiagnosis(
                        pod,
                        new AnsweredBy.Controller(why),
                        DiagnosisJson.write(outside.diagnose(target.place().port(), seen(target))));
        };
    }

    private sealed interface Answer {
        record Given(AgentAnswer answer) implements Answer {}

        /** @param why a clause without a full stop */
        record None(String why) implements Answer {}
    }

    /** Asks the target's agent. If that agent is in the pod and does not answer, asks the agent of the node. */
    private Answer answer(TargetSession target) {
        return switch (ask(target::why)) {
            case Answer.Given given -> given;
            case Answer.None none when target.target().agent() == null -> none;
            case Answer.None(String why) ->
                switch (ask(target::whyFromNode)) {
                    case Answer.Given(AgentAnswer given)
                    when isUnknown(given.json()) ->
                        new Answer.None(why + "; the agent of its node does not know it either");
                    case Answer.Given given -> given;
                    case Answer.None(String nodes) -> new Answer.None(why + "; from its node: " + nodes);
                };
        };
    }

    private Answer ask(Callable<AgentAnswer> question) {
        try {
            return new Answer.Given(within(question));
        } catch (TimeoutException e) {
            return new Answer.None(late());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return new Answer.None("interrupted");
        } catch (ExecutionException e) {
            return new Answer.None(why(e));
        }
    }

    private static boolean isUnknown(String diagnosis) {
        try {
            return Json.mapper().readTree(diagnosis).path("exit_code").asInt() == Verdict.NOT_KNOWN.exitCode();
        } catch (JsonProcessingException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** Returns the target's forecast of the port, or an unreadable one if the target does not answer in time. */
    private PortForecast seen(TargetSession target) {
        try {
            return within(() -> target.agent().forecast(target.place()));
        } catch (TimeoutException e) {
            return unseen(late());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            return unseen("interrupted");
        } catch (ExecutionException e) {
            return unseen(why(e));
        }
    }

    private String late() {
        return "the agent has not answered within " + patience.toMillis() / 1e3 + " s";
    }

    private static String why(ExecutionException e) {
        return e.getCause() instanceof AgentException cause
                ? String.valueOf(cause.getMessage())
                : String.valueOf(e.getCause());
    }

    private static PortForecast unseen(String why) {
        var reading = new Reading.Unreadable("the port", why);
        return new PortForecast(new PortView(reading, reading, reading, Map.of()), new Releases(List.of(), List.of()));
    }

    /** Waits for an answer for at most the patience. Drops an answer that comes later. */
    private <T> T within(Callable<T> question) throws TimeoutException, ExecutionException, InterruptedException {
        var answer = new FutureTask<>(question);
        Thread.ofVirtual().name("ask-agent").start(answer);
        try {
            return answer.get(patience.toMillis(), TimeUnit.MILLISECONDS);
        } finally {
            answer.cancel(true);
        }
    }
}
