@NullMarked
package dev.rebind.kubernetes.resource;

import org.jspecify.annotations.NullMarked;
