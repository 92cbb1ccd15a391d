/** Checks whether this machine can run a plan, before anything starts. For some checks it opens a socket for a moment. */
@NullMarked
package dev.rebind.engine.machine;

import org.jspecify.annotations.NullMarked;
