/** Starts child processes of the agent, exchanges lines with them, and makes sure that none is left behind. */
@NullMarked
package dev.rebind.agent.child;

import org.jspecify.annotations.NullMarked;
