/** When a socket goes: by its timers, by the kernel that gives it up, or by its process. */
@NullMarked
package dev.rebind.diagnosis.ending;

import org.jspecify.annotations.NullMarked;
