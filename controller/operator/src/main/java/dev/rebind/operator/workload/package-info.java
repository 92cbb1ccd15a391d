/** Finds the pods that an experiment names, holds and restarts them, and talks to the agents in them and on their nodes. */
@NullMarked
package dev.rebind.operator.workload;

import org.jspecify.annotations.NullMarked;
