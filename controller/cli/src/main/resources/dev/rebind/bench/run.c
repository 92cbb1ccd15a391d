/*
 * Runs the command of its arguments with its output in a file, and says how it ended: its exit code or 128 and its signal, the
 * nanoseconds from its start to its end, and its largest resident memory in KiB. It is a program by itself, since a child that
 * a JVM starts counts the JVM's memory as its own.
 */
#include <fcntl.h>
#include <stdio.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

static long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000LL + at.tv_nsec;
}

int main(int count, char **arguments)
{
	struct rusage usage;
	long long began;
	int status;
	pid_t child;

	if (count < 3)
		return 2;
	began = now();
	child = fork();
	if (child < 0)
		return 1;
	if (child == 0) {
		int file = open(arguments[1], O_WRONLY | O_CREAT | O_TRUNC, 0600);

		if (file < 0 || dup2(file, 1) < 0 || dup2(file, 2) < 0)
			_exit(126);
		execvp(arguments[2], arguments + 2);
		_exit(127);
	}
	if (wait4(child, &status, 0, &usage) != child)
		return 1;
	printf("%d %lld %ld\n", WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status), now() - began,
	       usage.ru_maxrss);
	return 0;
}
