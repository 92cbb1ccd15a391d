@NullMarked
package dev.rebind.operator.audit;

import org.jspecify.annotations.NullMarked;
