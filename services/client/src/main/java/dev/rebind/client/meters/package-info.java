/** What clients see of a service, as meters. */
@NullMarked
package dev.rebind.client.meters;

import org.jspecify.annotations.NullMarked;
