/** Finds the pod that a spec names, and the agents in it and beside it. */
@NullMarked
package dev.rebind.operator.workload;

import org.jspecify.annotations.NullMarked;
