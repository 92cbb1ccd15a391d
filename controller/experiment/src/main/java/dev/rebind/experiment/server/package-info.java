/** The server that an experiment restarts: Rebind's own, one that a command starts, or a workload. */
@NullMarked
package dev.rebind.experiment.server;

import org.jspecify.annotations.NullMarked;
