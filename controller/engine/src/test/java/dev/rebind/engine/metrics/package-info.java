@NullMarked
package dev.rebind.engine.metrics;

import org.jspecify.annotations.NullMarked;
