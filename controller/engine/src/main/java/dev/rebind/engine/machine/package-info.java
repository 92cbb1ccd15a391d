/** Checks whether this machine can run a plan, before anything starts. Opens sockets for a moment each. */
@NullMarked
package dev.rebind.engine.machine;

import org.jspecify.annotations.NullMarked;
