/** A Prometheus, and the chart's dashboards as Grafana asks it. */
@NullMarked
package dev.rebind.e2e.prometheus;

import org.jspecify.annotations.NullMarked;
