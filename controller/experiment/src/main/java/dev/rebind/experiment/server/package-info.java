/** The server that an experiment restarts: Rebind's own, a command's, or a workload's. */
@NullMarked
package dev.rebind.experiment.server;

import org.jspecify.annotations.NullMarked;
