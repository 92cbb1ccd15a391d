package dev.rebind.operator.live;

import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortForecast;
import dev.rebind.agent.PortForecast.Releases;
import dev.rebind.agent.PortView;
import dev.rebind.agent.remote.AgentException;
import dev.rebind.diagnosis.json.DiagnosisJson;
import dev.rebind.live.Experiments.AnsweredBy;
import dev.rebind.live.Experiments.PortDiagnosis;
import dev.rebind.operator.workload.AgentAnswer;
import dev.rebind.operator.workload.TargetSession;
import dev.rebind.sockets.Reading;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.FutureTask;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/**
 * Why the port of a pod can or cannot be bound: what an agent says, and where none answers in time, what this controller has seen of the
 * port. Blocks for twice the patience at most; safe for several threads.
 */
final class PodWhy {
    static final Duration PATIENCE = Duration.ofSeconds(5);

    private final OutsideView outside = new OutsideView();
    private final Duration patience;

    /** @param patience for an agent's answer, and as long again for what is known of the port without one */
    PodWhy(Duration patience) {
        this.patience = patience;
    }

    PortDiagnosis of(TargetSession target) {
        String reason;
        try {
            AgentAnswer answer = within(target::why);
            return new PortDiagnosis(
                    target.target().pod(),
                    switch (answer.by()) {
                        case pod -> new AnsweredBy.PodAgent();
                        case node -> new AnsweredBy.NodeAgent();
                    },
                    answer.json());
        } catch (TimeoutException e) {
            reason = late();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            reason = "interrupted";
        } catch (ExecutionException e) {
            reason = why(e);
        }
        return new PortDiagnosis(
                target.target().pod(),
                new AnsweredBy.Controller(reason),
                DiagnosisJson.write(outside.diagnose(target.place().port(), seen(target))));
    }

    /** The last look that is known, or one of now, where whoever looks answers in time. */
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

    /** An answer that comes later is dropped. */
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
