/** The agent as an HTTP service: who may ask, who holds the agent, and what it does for the holder. */
@NullMarked
package dev.rebind.agent.http;

import org.jspecify.annotations.NullMarked;
