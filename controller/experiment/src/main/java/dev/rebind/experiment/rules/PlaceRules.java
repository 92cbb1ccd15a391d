package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.clients.Clients;
import dev.rebind.experiment.restart.Close;
import dev.rebind.experiment.restart.Mode;
import dev.rebind.experiment.restart.OnFailure;
import dev.rebind.experiment.workload.Selection;
import dev.rebind.experiment.workload.SelectionMode;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** Finds what works in one place only: on this machine, or in a cluster. */
public final class PlaceRules {
    private PlaceRules() {}

    /** Finds everything that the local lab cannot do. */
    public static List<Finding> local(ExperimentSpec spec) {
        var findings = new Findings();
        switch (Scope.whole(spec).mode()) {
            case listener, process -> {}
            case container, pod, rollout ->
                findings.add(
                        "spec.restart.mode",
                        Scope.whole(spec).mode()
                                + " needs a cluster; apply the file with kubectl, or write process or listener");
        }
        if (spec.target() != null && spec.target().workloadRef() != null) {
            findings.add(
                    "spec.target.workloadRef",
                    "names a workload of a cluster; apply the file with kubectl, or remove it");
        }
        var cluster = new LinkedHashMap<String, @Nullable Object>();
        cluster.put("toggle", spec.toggle());
        cluster.put("restore", spec.restore());
        cluster.put("maxUnavailableSeconds", spec.maxUnavailableSeconds());
        cluster.put("dryRun", spec.dryRun());
        cluster.put("selection", spec.selection());
        cluster.put("concurrency", spec.concurrency());
        for (Map.Entry<String, @Nullable Object> field : cluster.entrySet()) {
            if (field.getValue() != null) {
                findings.add("spec." + field.getKey(), "is for a cluster; remove it to run here");
            }
        }
        if (spec.clients() != null && spec.clients().via() != null) {
            findings.add("spec.clients.via", "is for a cluster; remove it to run here");
        }
        if (spec.clients() != null
                && spec.clients().tls() != null
                && spec.clients().tls().caFrom() != null) {
            findings.add("spec.clients.tls.caFrom", "is for a cluster; write caFile in its place to run here");
        }
        if (spec.suspended()) {
            findings.add("spec.suspend", "is for a cluster, where it can be taken back; remove it to run here");
        }
        if (spec.terminated()) {
            findings.add("spec.terminate", "is for a cluster; remove it to run here");
        }
        return findings.all();
    }

    /** Finds everything that the controller in a cluster cannot do. */
    public static List<Finding> cluster(ExperimentSpec spec) {
        var findings = new Findings();
        var lab = new LinkedHashMap<String, @Nullable Object>();
        lab.put("parallel", spec.parallel());
        lab.put("obstacle", spec.obstacle());
        lab.put("steps", spec.steps());
        lab.put("cells", spec.cells());
        lab.put("truthTable", spec.truthTable());
        for (Map.Entry<String, @Nullable Object> field : lab.entrySet()) {
            if (field.getValue() != null) {
                findings.add("spec." + field.getKey(), "is for ./rebind run alone; remove it to run in a cluster");
            }
        }
        if (spec.target() != null && spec.target().command() != null) {
            findings.add(
                    "spec.target.command",
                    "no command is started in a cluster; name a workload with spec.target.workloadRef in its place");
        }
        if (spec.onFailure() == OnFailure.move) {
            findings.add(
                    "spec.onFailure",
                    "move takes another port for each cycle, and a target in a cluster has one; write wait or clear");
        }
        Mode mode = Scope.whole(spec).mode();
        Close close = Scope.whole(spec).close();
        if (close == Close.keep || close == Close.none) {
            findings.add(
                    "spec.restart.close",
                    close + " is for ./rebind run alone; write server, client, reset, kill or stall");
        }
        Clients clients = spec.clients();
        if (clients != null && clients.tls() != null && clients.tls().caFile() != null) {
            findings.add(
                    "spec.clients.tls.caFile",
                    "is a file of this machine, which client pods do not have; write caFrom in its place, or insecure: true");
        }
        boolean fresh = mode.isFresh();
        WorkloadRules.check(spec, mode, findings);
        selection(spec, mode, findings);
        if (spec.toggle() != null && !fresh) {
            findings.add(
                    "spec.toggle",
                    "spec.restart.mode",
                    "in mode: " + mode
                            + " the agent gives the server its options, and no ConfigMap is read; remove toggle,"
                            + " or write mode: container, pod or rollout");
        }
        if (spec.restore() != null && !fresh) {
            findings.add(
                    "spec.restore",
                    "spec.restart.mode",
                    "in mode: " + mode
                            + " the agent gives the server its options, and no container has to read them again; remove"
                            + " restore, or write mode: container, pod or rollout");
        }
        if (spec.restart() != null && spec.restart().ignoreDisruptionBudget() != null && mode != Mode.pod) {
            findings.add(
                    "spec.restart.ignoreDisruptionBudget",
                    "spec.restart.mode",
                    "disruption budgets are about mode: pod; remove it");
        }
        if (fresh && (close == Close.reset || close == Close.kill)) {
            findings.add(
                    "spec.restart.close",
                    "spec.restart.mode",
                    "in mode: " + mode
                            + " the server is told to stop and closes its connections; write server, client or"
                            + " stall, or mode: process");
        }
        if (fresh && spec.onFailure() == OnFailure.clear) {
            findings.add(
                    "spec.onFailure",
                    "spec.restart.mode",
                    "in mode: " + mode + " the fresh container tries by itself until it is bound; write wait");
        }
        return findings.all();
    }

    private static void selection(ExperimentSpec spec, Mode mode, Findings findings) {
        Selection selection = spec.selection();
        if (selection == null) {
            if (spec.concurrency() != null) {
                findings.add("spec.concurrency", "spec.selection", "is about several pods; write selection too");
            }
            return;
        }
        if (mode == Mode.rollout) {
            findings.add(
                    "spec.selection",
                    "spec.restart.mode",
                    "in mode: rollout the workload replaces its pods in an order of its own; remove selection");
        }
        boolean valued = switch (selection.mode()) {
            case one, all -> false;
            case count, percent -> true;
        };
        if (valued != (selection.value() != null)) {
            findings.add(
                    "spec.selection.value",
                    "spec.selection.mode",
                    valued ? "says how many; write it" : "is for mode: count or percent; remove it");
        } else if (selection.mode() == SelectionMode.percent && selection.value() != null && selection.value() > 100) {
            findings.add("spec.selection.value", "spec.selection.mode", "a percentage is 100 at most");
        }
    }
}
