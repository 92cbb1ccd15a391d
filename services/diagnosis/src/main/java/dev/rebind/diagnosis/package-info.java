/** Why a server cannot bind its port: who holds it, until when, and what to do about it. For any Java program. */
@NullMarked
package dev.rebind.diagnosis;

import org.jspecify.annotations.NullMarked;
