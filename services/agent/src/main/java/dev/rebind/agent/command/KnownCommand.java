package dev.rebind.agent.command;

import dev.rebind.diagnosis.Question;
import java.util.Optional;

/**
 * What is known of a command, passed on from one agent to the next.
 *
 * @param unusable why the command cannot be run at all, because its very first run did not listen; empty where it may be tried
 * @param asks what its server asks the kernel for, as its live socket showed it; empty where the server has not listened
 */
public record KnownCommand(Optional<String> unusable, Optional<Question> asks) {
    public static final KnownCommand NOTHING = new KnownCommand(Optional.empty(), Optional.empty());
}
