/** What an experiment comes to: every cycle with every default filled in. Pure: no socket, no process, no clock. */
@NullMarked
package dev.rebind.plan;

import org.jspecify.annotations.NullMarked;
