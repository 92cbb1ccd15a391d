/** The JSON messages between an agent and its callers over HTTP. All times in them use the agent's clock. */
@NullMarked
package dev.rebind.agent.wire;

import org.jspecify.annotations.NullMarked;
