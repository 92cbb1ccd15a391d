/** Anyone's server, by its command: started, watched on its port, stopped, and ended with all that it started. */
@NullMarked
package dev.rebind.agent.command;

import org.jspecify.annotations.NullMarked;
