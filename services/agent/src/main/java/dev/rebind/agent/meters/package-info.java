/** Meters for the agents of this process: an agent is wrapped, and its calls are counted. */
@NullMarked
package dev.rebind.agent.meters;

import org.jspecify.annotations.NullMarked;
