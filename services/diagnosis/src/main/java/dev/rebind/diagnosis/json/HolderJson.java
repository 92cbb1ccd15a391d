package dev.rebind.diagnosis.json;

import dev.rebind.diagnosis.finding.Holder;
import dev.rebind.diagnosis.finding.Story;
import dev.rebind.sockets.owners.ProcessAnswer;
import dev.rebind.sockets.owners.ProcessStory;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A holder as JSON. Pure. */
final class HolderJson {
    private HolderJson() {}

    static Map<String, @Nullable Object> of(Holder holder) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("kind", DiagnosisJson.kind(holder));
        switch (holder) {
            case Holder.Processes processes ->
                map.put(
                        "processes",
                        processes.all().stream().map(HolderJson::process).toList());
            case Holder.Unseen unseen -> {
                map.put("uid", uid(unseen.uid()));
                map.put("user", unseen.user().orElse(null));
                map.put("why", DiagnosisJson.name(unseen.why()));
            }
            case Holder.Queue _, Holder.Nobody _ -> {}
        }
        return map;
    }

    /** Null for a user whom this user namespace does not show. */
    private static @Nullable Long uid(long uid) {
        return uid < 0 ? null : uid;
    }

    /** Without what a process may have been told in secret, and without stories. */
    static Map<String, @Nullable Object> brief(Holder holder) {
        Map<String, @Nullable Object> map = of(holder);
        if (holder instanceof Holder.Processes processes) {
            map.put(
                    "processes",
                    processes.all().stream().map(HolderJson::briefProcess).toList());
        }
        return map;
    }

    private static Map<String, @Nullable Object> briefProcess(Holder.Found found) {
        Map<String, @Nullable Object> map = process(found);
        map.keySet().retainAll(Set.of("pid", "name", "uid", "started_at", "parent"));
        map.put("stories", List.of());
        return map;
    }

    private static Map<String, @Nullable Object> process(Holder.Found found) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("pid", found.pid());
        if (found.process() instanceof ProcessAnswer.Known(ProcessStory story)) {
            map.put("name", story.comm());
            map.put("command", story.commandLine());
            map.put("executable", story.executable().orElse(null));
            map.put("uid", story.uid());
            map.put("user", story.user().orElse(null));
            map.put("started_at", story.startedAt().toString());
            map.put("parent", story.parent());
        }
        map.put("stories", found.stories().stream().map(HolderJson::story).toList());
        return map;
    }

    private static Map<String, @Nullable Object> story(Story story) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("kind", DiagnosisJson.kind(story));
        switch (story) {
            case Story.Orphan(Story.Parent parent, Optional<Boolean> byFork, Story.Inherited inherited) -> {
                map.put("first_parent", DiagnosisJson.name(parent));
                map.put("by_fork", byFork.orElse(null));
                map.put("inherited", DiagnosisJson.name(inherited));
            }
            case Story.WorkerOf(int pid) -> map.put("parent", pid);
            case Story.OpenedByAnother(long uid, Optional<String> user) -> {
                map.put("uid", uid(uid));
                map.put("user", user.orElse(null));
            }
            case Story.ChildOf(int pid, String command) -> {
                map.put("parent", pid);
                map.put("command", command);
            }
            case Story.Activator(List<String> units, String command, boolean _) -> {
                map.put("units", units);
                map.put("command", command);
            }
            case Story.Unit(String name, OptionalLong user, boolean serves) -> {
                map.put("unit", name);
                map.put("manager_uid", user.isPresent() ? user.getAsLong() : null);
                map.put("serves", serves);
            }
            case Story.Container(String id, Optional<String> pod) -> {
                map.put("container", id);
                map.put("pod_uid", pod.orElse(null));
            }
            case Story.ProxyFor(String target) -> map.put("target", target);
            case Story.ThreadsOwn(int thread) -> map.put("thread", thread);
            case Story.OutlivesSigterm(Story.Shield why) -> map.put("why", DiagnosisJson.name(why));
            case Story.Asker _,
                    Story.SameProgram _,
                    Story.DoesNotAccept _,
                    Story.Activated _,
                    Story.MainThreadEnded _,
                    Story.InRing _ -> {}
        }
        return map;
    }
}
