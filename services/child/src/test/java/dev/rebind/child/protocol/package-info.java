@NullMarked
package dev.rebind.child.protocol;

import org.jspecify.annotations.NullMarked;
