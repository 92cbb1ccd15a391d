package dev.rebind.experiment.rules;

import dev.rebind.experiment.ExperimentSpec;
import dev.rebind.experiment.ExperimentSpec.Close;
import dev.rebind.experiment.ExperimentSpec.Mode;
import dev.rebind.experiment.ExperimentSpec.OnFailure;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What can be had in one place only: on this machine, or in a cluster. */
public final class PlaceRules {
    private PlaceRules() {}

    /** What the local lab cannot do. */
    public static List<Finding> local(ExperimentSpec spec) {
        var findings = new Findings();
        switch (Scope.whole(spec).mode()) {
            case listener, process -> {}
            case container, pod ->
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
        if (spec.suspended()) {
            findings.add("spec.suspend", "is for a cluster, where it can be taken back; remove it to run here");
        }
        if (spec.terminated()) {
            findings.add("spec.terminate", "is for a cluster; remove it to run here");
        }
        return findings.all();
    }

    /** What the controller in a cluster cannot do. */
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
        boolean fresh = mode == Mode.container || mode == Mode.pod;
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
}
