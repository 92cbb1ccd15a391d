@NullMarked
package dev.rebind.operator.live;

import org.jspecify.annotations.NullMarked;
