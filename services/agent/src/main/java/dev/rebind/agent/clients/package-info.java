/** Starts and controls the clients of a server, which run in their own process. */
@NullMarked
package dev.rebind.agent.clients;

import org.jspecify.annotations.NullMarked;
