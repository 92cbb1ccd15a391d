@NullMarked
package dev.rebind.cycle;

import org.jspecify.annotations.NullMarked;
