package dev.rebind.agent.command;

import dev.rebind.diagnosis.Question;
import java.util.Optional;

/**
 * What is known of a command beyond one agent.
 *
 * @param unusable why it cannot be run at all: its very first run did not come to listen; empty: it is tried
 * @param asks what its server asks the kernel for, as its live socket showed it; empty where it has not listened
 */
public record KnownCommand(Optional<String> unusable, Optional<Question> asks) {
    public static final KnownCommand NOTHING = new KnownCommand(Optional.empty(), Optional.empty());
}
