package dev.rebind.operator.resource;

import dev.rebind.operator.resource.ExperimentStatus.Condition;
import dev.rebind.operator.resource.ExperimentStatus.Truth;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Works on lists of conditions that have at most one condition of each type. Pure. */
public final class Conditions {
    private Conditions() {}

    /**
     * Returns the list with this condition added or replaced. The transition time of a condition changes only when its
     * status changes.
     */
    public static List<Condition> with(
            List<Condition> conditions,
            String type,
            Truth status,
            String reason,
            String message,
            @Nullable Long generation,
            Instant now) {
        Optional<Condition> before = of(conditions, type);
        String since = before.filter(old -> old.status() == status)
                .map(Condition::lastTransitionTime)
                .orElse(now.truncatedTo(ChronoUnit.SECONDS).toString());
        var changed = new ArrayList<Condition>();
        var fresh = new Condition(type, status, generation, since, reason, message);
        conditions.forEach(condition -> changed.add(condition.type().equals(type) ? fresh : condition));
        if (before.isEmpty()) {
            changed.add(fresh);
        }
        return List.copyOf(changed);
    }

    public static Optional<Condition> of(List<Condition> conditions, String type) {
        return conditions.stream()
                .filter(condition -> condition.type().equals(type))
                .findFirst();
    }
}
