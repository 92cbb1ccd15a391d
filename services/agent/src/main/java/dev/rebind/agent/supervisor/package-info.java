/** Keeps a server running on its port. Reports for each restart which sockets were left and why a bind failed. */
@NullMarked
package dev.rebind.agent.supervisor;

import org.jspecify.annotations.NullMarked;
