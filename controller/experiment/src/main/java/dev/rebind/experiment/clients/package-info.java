/** The clients that use the server while it is restarted, and the protocols that they use. */
@NullMarked
package dev.rebind.experiment.clients;

import org.jspecify.annotations.NullMarked;
