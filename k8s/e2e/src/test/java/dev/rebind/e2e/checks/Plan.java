package dev.rebind.e2e.checks;

import java.util.List;
import java.util.stream.Stream;

/** The lanes, in the order in which they begin. */
public final class Plan {
    /** Each alone, before all others: nothing of Rebind is in the cluster yet. */
    public static final List<Class<?>> FIRST = List.of(InstallChecks.class);

    /** Side by side. Those that take longest come first. */
    public static final List<Class<?>> BESIDE = List.of(
            TableChecks.HostNetwork.class,
            TableChecks.HostPort.class,
            TableChecks.PodNetwork.class,
            TargetChecks.class,
            RestoredChecks.class,
            WaitsChecks.class,
            CountsChecks.class,
            ClearChecks.class,
            KillChecks.class,
            OrdersChecks.class,
            RefusedChecks.class,
            PageChecks.class,
            HostTargetChecks.class,
            ServersChecks.PodNetwork.class,
            ServersChecks.HostPort.class,
            ServersChecks.HostNetwork.class,
            HttpsTargetChecks.class,
            ManyTargetChecks.class,
            AuditChecks.class,
            AccessChecks.class,
            DyingChecks.class,
            ReplicasChecks.class,
            MonitoringChecks.class);

    /** Each alone, after all others: they measure, or they disturb whatever runs. */
    public static final List<Class<?>> LAST = List.of(
            FiguresChecks.class,
            PodFiguresChecks.class,
            FrozenChecks.class,
            HardshipChecks.class,
            DefinitionChecks.class,
            FormerChecks.class);

    private Plan() {}

    public static List<Class<?>> all() {
        return Stream.of(FIRST, BESIDE, LAST).flatMap(List::stream).toList();
    }
}
