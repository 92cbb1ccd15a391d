@NullMarked
package dev.rebind.observe;

import org.jspecify.annotations.NullMarked;
