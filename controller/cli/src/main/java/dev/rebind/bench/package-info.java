/** How fast Rebind is, beside a peer in the same run. Figures, not tests: nothing here fails because a machine is slow. */
@NullMarked
package dev.rebind.bench;

import org.jspecify.annotations.NullMarked;
