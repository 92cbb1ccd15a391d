@NullMarked
package dev.rebind.child.talk;

import org.jspecify.annotations.NullMarked;
