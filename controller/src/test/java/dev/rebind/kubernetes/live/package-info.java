@NullMarked
package dev.rebind.kubernetes.live;

import org.jspecify.annotations.NullMarked;
