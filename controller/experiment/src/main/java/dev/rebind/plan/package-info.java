/** Makes the plan of an experiment: every cycle, with every default filled in. It uses no socket, no process and no clock. */
@NullMarked
package dev.rebind.plan;

import org.jspecify.annotations.NullMarked;
