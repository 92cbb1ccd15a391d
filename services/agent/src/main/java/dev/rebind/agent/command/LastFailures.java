package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.About;
import dev.rebind.agent.command.BindMessages.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The last failure line of each kind. For one thread. */
final class LastFailures {
    private final Map<About, Failure> last = new EnumMap<>(About.class);

    void add(Failure failure) {
        last.put(failure.about(), failure);
    }

    /**
     * Returns the decisive failure: one about this port where there is one, then one about something else. A program may report one failure
     * in several lines, so a line that does not say what it is about probably belongs to the failure of another line.
     */
    Optional<Failure> decisive() {
        for (About about : new About[] {About.THIS_PORT, About.SOMETHING_ELSE, About.NOT_TOLD}) {
            Failure failure = last.get(about);
            if (failure != null) {
                return Optional.of(failure);
            }
        }
        return Optional.empty();
    }
}
