/** Who uses the server while it is restarted, and what they speak. */
@NullMarked
package dev.rebind.experiment.clients;

import org.jspecify.annotations.NullMarked;
