/** Whether this machine can do what a plan asks, found out before anything is started. Touches sockets, for a moment each. */
@NullMarked
package dev.rebind.engine.machine;

import org.jspecify.annotations.NullMarked;
