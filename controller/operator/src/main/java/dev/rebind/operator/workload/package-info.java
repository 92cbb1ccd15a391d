/** From what a spec names to the one pod that is restarted, and the agents in it and beside it. */
@NullMarked
package dev.rebind.operator.workload;

import org.jspecify.annotations.NullMarked;
