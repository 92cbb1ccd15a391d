"""The queries that the dashboards have in common. They are right at any zoom and scrape interval, where two jobs scrape one process, and where a port cannot be read."""

POD = "namespace, node, pod"
PORT = f"{POD}, port"
PROCESS = f"{POD}, instance"
EXPERIMENT = "namespace, experiment"
# How many seconds before a step a former value is looked for, see grown().
BACK = 900


def series(name, scope, **labels):
    """A selector of a series. The value of a label is a regular expression where it begins with "~"."""
    matchers = [f'{label}=~"{value[1:]}"' if value.startswith("~") else f'{label}="{value}"' for label, value in labels.items()]
    return f"{name}{{{', '.join([*matchers, scope])}}}"


def once(selector, labels):
    """One value for each set of labels, though two jobs scrape it. No NaN: a figure that could not be had is missing, and makes no sum NaN."""
    return f"(max by ({labels}) ({selector}) >= 0)"


def grown(counter, labels, began, *, whose):
    """
    By how much counters grew from one point to the next: whole numbers, whose sum over all points is what happened. increase() gives fractions, and over $__rate_interval,
    which is longer than a step, it counts twice. The newest value within the step also counts what a process did that has ended since; the value before the step is looked for
    further back, so that a time without scrapes loses nothing. A counter that had none before, or began again, counts whole, but only where that is known to be new: its gauge
    began, which says when what it belongs to began, was scraped before the step as well, or says that all of it lies within the time that is looked back, so that no step before
    can have counted it. Prometheus often needs a minute or two to find a new target. What was counted before the first scrape of something older is nothing new.

    labels: those that tell one counter from another; two scrapes of one counter are one. whose: those of them that tell the gauge began.
    """
    now = f"max by ({labels}) (last_over_time({counter}[$__interval]))"
    before = f"max by ({labels}) (last_over_time({counter}[{BACK}s] offset $__interval))"
    age = f"time() - max by ({whose}) (last_over_time({began}[$__interval]))"
    known = f"max by ({whose}) (last_over_time({began}[{BACK}s] offset $__interval))"
    return f"({now} - {before} >= 0 or ({now} and on ({whose}) ({age} < $__interval_ms / 1000 + {BACK} or {known})))"


def total(by, growth):
    """What grew in the time shown, exactly up to the last step, for a panel that shows one number."""
    return f"sum {f'by ({by}) ' if by else ''}(sum_over_time({growth}[$__range:$__interval]))"


def counted(condition, of):
    """How many meet a condition: 0 where none does, and nothing where there is nothing to meet it."""
    return f"count({condition}) or 0 * count({of})"


def most(expr, labels, peak, number=10):
    """The series of expr that were highest in the time shown, by peak, an expression over [$__range] @ end(): the same ones over the whole panel."""
    return f"({expr}) and on ({labels}) topk({number}, {peak} > 0)"


class Experiments:
    """Series of experiments. They are the controller's, and the next controller goes on where the one before it was."""

    def __init__(self, scope):
        self.scope = scope

    def of(self, name, **labels):
        return series(name, self.scope, **labels)

    def value(self, name, more="", **labels):
        return once(self.of(name, **labels), ", ".join(filter(None, (EXPERIMENT, more))))

    def since(self, name, more="", **labels):
        """By how much a counter grew from one point to the next."""
        return grown(self.of(name, **labels), ", ".join(filter(None, (EXPERIMENT, more))), self.of("rebind_experiment_start_timestamp_seconds"), whose=EXPERIMENT)


class Agents:
    """Series of agents; scope chooses the agents, port the ports of those that have one."""

    def __init__(self, scope, port):
        self.scope, self.port = scope, port

    def of(self, name, **labels):
        return series(name, f"{self.scope}, {self.port}", **labels)

    def agent(self, name, **labels):
        return series(name, self.scope, **labels)

    def sockets(self, by, side="server", **labels):
        return f"sum by ({by}) ({once(self.of('rebind_tcp_sockets', side=side, **labels), f'{PORT}, state')})"

    def since(self, selector, more=""):
        """By how much a counter grew from one point to the next. It begins again with the agent's process."""
        return grown(selector, ", ".join(filter(None, (PROCESS, more))), self.agent("process_start_time_seconds"), whose=PROCESS)

    def attempts(self, **labels):
        return self.since(self.of("rebind_bind_attempts_total", **labels), "port, outcome, cause, errno, reuse_old, reuse_new")

    def held(self, window):
        """Agents that an experiment held within a window. The counter has a hold that no scrape saw."""
        return (
            f"(max by ({POD}) (max_over_time({self.agent('rebind_agent_held')}[{window}])) > 0"
            f" or max by ({POD}) (increase({self.agent('rebind_agent_holds_total')}[{window}])) > 0)"
        )

    def unasked(self):
        """
        Attempts to bind that failed while no experiment held the agent, neither within a step nor when it began. Only of agents that know whether one does: a run of one machine
        does not, and all that fails there is asked for.
        """
        knows = f"max by ({POD}) (last_over_time({self.agent('rebind_agent_held')}[$__interval]))"
        before = f"max by ({POD}) ({self.agent('rebind_agent_held')} offset $__interval) > 0"
        return f"({self.attempts(outcome='failed')} and on ({POD}) {knows} unless on ({POD}) ({self.held('$__interval')} or {before}))"

    def without_server(self):
        """Ports that have been without their server for two minutes, as the alert RebindPortNotBound has them: by counters, and not where an experiment holds the agent."""
        bound = f"sum by ({PORT}) (increase({self.of('rebind_bind_attempts_total', outcome='bound')}[2m])) > 0"
        gone = f"max by ({PORT}) (max_over_time({self.of('rebind_server_bound')}[2m])) == 0"
        return f"({gone} unless on ({PORT}) ({bound}) unless on ({POD}) {self.held('2m')})"

    def leaking(self, growth=10):
        """Ports whose sockets in CLOSE_WAIT grew by so many in ten minutes."""
        sockets = self.of("rebind_tcp_sockets", state="CLOSE_WAIT")
        return f"(max by ({PORT}) ({sockets}) - max by ({PORT}) (min_over_time({sockets}[10m])) >= {growth})"

    def readable(self):
        """1 for each port whose sockets could be read, 0 for the others."""
        return f"(max by ({PORT}) ({self.of('rebind_tcp_sockets', side='server', state='LISTEN')}) >= bool 0)"

    def release(self, by):
        """Seconds until a port is free; -1 where somebody has a socket on it, so that nobody can tell; nothing where it cannot be read."""
        free = f"max by ({by}) ({self.of('rebind_port_release_seconds')}) >= 0"
        return f"{free} or 0 * max by ({by}) ({self.of('rebind_tcp_sockets', side='server', state='LISTEN')} >= 0) - 1"
