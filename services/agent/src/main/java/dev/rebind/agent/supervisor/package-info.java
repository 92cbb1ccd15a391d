/** Keeps a server running on its port, and says of each restart what was left and why a bind failed. */
@NullMarked
package dev.rebind.agent.supervisor;

import org.jspecify.annotations.NullMarked;
