package dev.rebind.diagnosis.json;

import dev.rebind.diagnosis.Diagnosis;
import dev.rebind.diagnosis.finding.Blocker;
import dev.rebind.diagnosis.finding.Ending;
import dev.rebind.diagnosis.finding.Refusal;
import dev.rebind.diagnosis.finding.Sharing;
import dev.rebind.diagnosis.seen.Attempt;
import dev.rebind.diagnosis.seen.Nat;
import dev.rebind.diagnosis.text.Screen;
import dev.rebind.sockets.TcpSocket;
import dev.rebind.sockets.bind.Flag;
import dev.rebind.sockets.posix.Errno;
import java.time.Duration;
import java.time.ZoneOffset;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** A diagnosis as one JSON object in one line. Names are those of the records, with underscores; durations are seconds. Pure. */
public final class DiagnosisJson {
    private static final int MOST_SOCKETS = 1_000;

    private DiagnosisJson() {}

    public static String write(Diagnosis diagnosis) {
        return JsonWriter.write(object(diagnosis));
    }

    /** Several, as {@code {"ports":[…]}}. */
    public static String write(List<Diagnosis> diagnoses) {
        return JsonWriter.write(
                Map.of("ports", diagnoses.stream().map(DiagnosisJson::object).toList()));
    }

    private static Map<String, @Nullable Object> object(Diagnosis diagnosis) {
        var screen = new Screen(ZoneOffset.UTC);
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("port", diagnosis.question().port());
        map.put(
                "address",
                diagnosis
                        .question()
                        .address()
                        .map(address -> address.getHostAddress())
                        .orElse(null));
        map.put("at", diagnosis.at().toString());
        map.put("verdict", name(diagnosis.verdict()));
        map.put("exit_code", diagnosis.verdict().exitCode());
        map.put("cause", diagnosis.cause().map(Enum::name).orElse(null));
        map.put("summary", screen.headline(diagnosis));
        map.put("refusal", diagnosis.refusal().map(DiagnosisJson::kind).orElse(null));
        map.put(
                "answers",
                diagnosis.attempts().stream().map(DiagnosisJson::answer).toList());
        map.put(
                "blocking",
                diagnosis.blocking().stream().map(DiagnosisJson::blocker).toList());
        map.put(
                "beside",
                diagnosis.beside().stream().map(DiagnosisJson::blocker).toList());
        map.put("release", ending(diagnosis.release()));
        map.put("release_with_reuse_address", ending(diagnosis.releaseWithReuse()));
        map.put(
                "remedies",
                diagnosis.remedies().stream()
                        .map(remedy -> Map.of(
                                "kind", kind(remedy),
                                "when", remedy.now() ? "now" : "later",
                                "text", screen.remedy(diagnosis, remedy)))
                        .toList());
        map.put(
                "sharing",
                diagnosis.sharing().stream().map(DiagnosisJson::sharing).toList());
        map.put(
                "udp",
                diagnosis.udp().stream()
                        .map(udp ->
                                Map.of("local", udp.socket().local().toString(), "holder", HolderJson.of(udp.holder())))
                        .toList());
        map.put("nat", nat(diagnosis.nat()));
        map.put(
                "limits",
                diagnosis.limits().stream()
                        .map(limit -> Map.of("kind", kind(limit), "text", screen.limit(limit)))
                        .toList());
        return map;
    }

    private static Map<String, @Nullable Object> answer(Attempt attempt) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("address", attempt.place().toString());
        map.put("both_families", attempt.place().bothFamilies());
        map.put("reuse_address", attempt.reuseAddress());
        switch (attempt.result()) {
            case Attempt.Result.Binds binds -> {
                map.put("result", "binds");
                map.put("asked", binds.asked());
            }
            case Attempt.Result.Refused refused -> {
                map.put("result", "refused");
                map.put("errno", Errno.name(refused.errno()));
                map.put("asked", refused.asked());
            }
            case Attempt.Result.NotKnown(String why) -> {
                map.put("result", "not_known");
                map.put("why", why);
            }
        }
        return map;
    }

    private static Map<String, @Nullable Object> blocker(Blocker blocker) {
        TcpSocket first = blocker.first();
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("cause", blocker.cause().name());
        map.put("state", first.stateName());
        map.put("local", first.local().toString());
        map.put("count", blocker.sockets().size());
        map.put(
                "peers",
                blocker.sockets().stream()
                        .limit(MOST_SOCKETS)
                        .flatMap(socket -> socket.peer().stream())
                        .map(Object::toString)
                        .toList());
        map.put("origin", name(blocker.origin()));
        map.put("certain", blocker.certain());
        map.put("with_reuse_address", flag(blocker.withReuse()));
        map.put("has_reuse_address", flag(blocker.standing().reuseAddress()));
        map.put("has_reuse_port", flag(blocker.standing().reusePort()));
        map.put("v6_only", flag(blocker.standing().v6Only()));
        map.put("device", blocker.device().orElse(null));
        map.put("holder", HolderJson.of(blocker.holder()));
        map.put("ending", ending(blocker.ending()));
        return map;
    }

    /** True, false, or null where it is not known. */
    private static @Nullable Boolean flag(Flag flag) {
        return switch (flag) {
            case ON -> true;
            case OFF -> false;
            case UNKNOWN -> null;
        };
    }

    static Map<String, @Nullable Object> ending(Ending ending) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("kind", kind(ending));
        switch (ending) {
            case Ending.Free _ -> {}
            case Ending.Timer timer -> {
                map.put("earliest", seconds(timer.earliest()));
                map.put("latest", seconds(timer.latest()));
                map.put("predicted", timer.point().map(DiagnosisJson::seconds).orElse(null));
                map.put("peer_may_close", timer.peerMayClose());
            }
            case Ending.GivesUp ends -> {
                map.put("means", name(ends.means()));
                map.put("next_try", seconds(ends.next()));
                map.put("about", seconds(ends.about()));
                map.put("latest", seconds(ends.latest()));
                map.put("tries", ends.tried());
                map.put("sure", ends.sure());
            }
            case Ending.UntilClosed(Ending.Reason reason) -> map.put("reason", name(reason));
            case Ending.NotTold(String why) -> map.put("why", why);
        }
        return map;
    }

    private static Double seconds(Duration duration) {
        return duration.toNanos() / 1e9;
    }

    private static Map<String, @Nullable Object> sharing(Sharing sharing) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("server", sharing.place().toString());
        map.put("needs_reuse_port", sharing.needsReusePort());
        map.put("listener", sharing.listener().local().toString());
        map.put("gets", name(sharing.gets()));
        map.put("holder", HolderJson.of(sharing.holder()));
        return map;
    }

    private static Map<String, @Nullable Object> nat(Nat nat) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("kind", kind(nat));
        switch (nat) {
            case Nat.Read(List<Nat.Rule> rules, List<String> unread) -> {
                map.put("rules", rules.stream().map(DiagnosisJson::rule).toList());
                if (!unread.isEmpty()) {
                    map.put("unread", unread);
                }
            }
            case Nat.Unread(String why) -> map.put("why", why);
            case Nat.NotAsked _ -> {}
        }
        return map;
    }

    private static Map<String, @Nullable Object> rule(Nat.Rule rule) {
        var map = new LinkedHashMap<String, @Nullable Object>();
        map.put("text", rule.text());
        map.put("target", rule.target());
        map.put("hook", rule.hook());
        map.put("clients", name(rule.clients()));
        rule.family().ifPresent(family -> map.put("family", name(family)));
        map.put("takes", name(rule.takes()));
        return map;
    }

    private static String kind(Refusal refusal) {
        return kind((Object) refusal);
    }

    /** The name of a record: {@code UntilClosed} becomes {@code until_closed}. */
    public static String kind(Object record) {
        return record.getClass()
                .getSimpleName()
                .replaceAll("(?<=[a-z])(?=[A-Z])", "_")
                .toLowerCase(Locale.ROOT);
    }

    /** The name of a constant: {@code TIME_WAIT} becomes {@code time_wait}. */
    public static String name(Enum<?> value) {
        return value.name().toLowerCase(Locale.ROOT);
    }
}
