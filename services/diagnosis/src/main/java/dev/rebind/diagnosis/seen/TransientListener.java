package dev.rebind.diagnosis.seen;

import dev.rebind.sockets.owners.ProcessStory;
import java.util.Optional;

/**
 * A process that was seen to listen on a port whose listeners come and go.
 *
 * @param parent empty where it is outside of this PID namespace, or has ended
 */
public record TransientListener(ProcessStory process, Optional<ProcessStory> parent) {}
