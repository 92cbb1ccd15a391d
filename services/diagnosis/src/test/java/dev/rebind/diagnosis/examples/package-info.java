/** How programs of several kinds say why they cannot have their port. */
@NullMarked
package dev.rebind.diagnosis.examples;

import org.jspecify.annotations.NullMarked;
