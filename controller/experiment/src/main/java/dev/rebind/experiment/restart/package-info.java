/** How a server is restarted: who closes the connections, SO_REUSEADDR of both generations, what is on the port, and what follows a failed bind. */
@NullMarked
package dev.rebind.experiment.restart;

import org.jspecify.annotations.NullMarked;
