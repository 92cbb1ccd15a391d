@NullMarked
package dev.rebind.operator.resource;

import org.jspecify.annotations.NullMarked;
