@NullMarked
package dev.rebind.metrics;

import org.jspecify.annotations.NullMarked;
