/** The rules of iptables, as iptables-save prints them, as steps. */
@NullMarked
package dev.rebind.diagnosis.nat.iptables;

import org.jspecify.annotations.NullMarked;
