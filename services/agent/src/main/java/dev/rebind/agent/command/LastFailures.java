package dev.rebind.agent.command;

import dev.rebind.agent.command.BindMessages.About;
import dev.rebind.agent.command.BindMessages.Failure;
import java.util.EnumMap;
import java.util.Map;
import java.util.Optional;

/** The last line of each kind that has told of a failure. For one thread. */
final class LastFailures {
    private final Map<About, Failure> last = new EnumMap<>(About.class);

    void add(Failure failure) {
        last.put(failure.about(), failure);
    }

    /**
     * The one that decides: of this port where one is. Several lines may tell one failure, so that a line without an object is of the
     * object of another line.
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
