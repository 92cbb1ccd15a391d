/** What an agent and its caller say to each other over HTTP, as JSON; every time in it is by the agent's clock. */
@NullMarked
package dev.rebind.agent.wire;

import org.jspecify.annotations.NullMarked;
