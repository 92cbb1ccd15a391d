package dev.rebind.operator.live;

import dev.rebind.agent.OutsideView;
import dev.rebind.agent.PortForecast;
import dev.rebind.live.Experiments.Look;
import dev.rebind.live.Experiments.Why;
import dev.rebind.live.SocketList;
import dev.rebind.live.SocketList.End;
import dev.rebind.live.SocketList.PortLook;
import dev.rebind.operator.workload.TargetSession;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.function.Function;

/** Collects the sockets on the port of every pod of an experiment, as the agents of the pods see them and predict their ends. */
final class PodSockets {
    private PodSockets() {}

    /**
     * Returns the places that the servers bind, without duplicates. Several pods often bind the same place, each in its
     * own network namespace.
     */
    static List<String> places(List<TargetSession> targets) {
        return targets.stream()
                .map(target -> target.place().toString())
                .distinct()
                .toList();
    }

    /**
     * Looks at the port of each pod.
     *
     * @param targets one or more, of one workload
     */
    static Look of(List<TargetSession> targets) {
        return SocketList.of(targets.getFirst().place().port(), places(targets), each(targets, PodSockets::look));
    }

    /**
     * Asks the agents why the port of each pod can or cannot be bound.
     *
     * @param targets one or more, of one workload
     */
    static Why why(List<TargetSession> targets) {
        return new Why.Told(targets.getFirst().place().port(), each(targets, new PodWhy(PodWhy.PATIENCE)::of));
    }

    /**
     * Looks at all pods at the same time, and waits for the slowest look. If the calling thread is interrupted
     * meanwhile, each look that still runs counts as unreadable.
     */
    private static <T> List<T> each(List<TargetSession> targets, Function<TargetSession, T> look) {
        List<Future<T>> looks;
        try (ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor()) {
            looks = targets.stream()
                    .map(target -> threads.submit(() -> look.apply(target)))
                    .toList();
        }
        return looks.stream().map(Future::resultNow).toList();
    }

    private static PortLook look(TargetSession target) {
        PortForecast forecast = target.agent().forecast(target.place());
        return new PortLook(
                target.target().pod(),
                new End(forecast.view().local(), OutsideView.endings(forecast.local())),
                new End(forecast.view().remote(), OutsideView.endings(forecast.remote())),
                forecast.view().owners());
    }
}
