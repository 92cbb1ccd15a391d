@NullMarked
package dev.rebind.engine;

import org.jspecify.annotations.NullMarked;
