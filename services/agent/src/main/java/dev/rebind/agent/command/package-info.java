/** Restarts any server by its command: starts it, watches its port, stops it, and ends all processes that it started. */
@NullMarked
package dev.rebind.agent.command;

import org.jspecify.annotations.NullMarked;
