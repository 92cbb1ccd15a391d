@NullMarked
package dev.rebind.child;

import org.jspecify.annotations.NullMarked;
