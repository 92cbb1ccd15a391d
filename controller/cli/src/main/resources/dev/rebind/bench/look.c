/*
 * Sends the sock_diag requests of its arguments, which are bytes in hex, and reads the answers to their end: once for each line of
 * standard input. Each time it says how many sockets were in the answers, and how many nanoseconds all took.
 */
#include <linux/netlink.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

static char answer[64 * 1024];

static long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000LL + at.tv_nsec;
}

/* How many sockets the answer has, or -1. */
static long ask(int fd, const unsigned char *request, size_t length)
{
	long sockets = 0;

	if (send(fd, request, length, 0) < 0)
		return -1;
	for (;;) {
		int left = (int)recv(fd, answer, sizeof(answer), 0);
		struct nlmsghdr *message = (struct nlmsghdr *)answer;

		if (left <= 0)
			return -1;
		for (; NLMSG_OK(message, left); message = NLMSG_NEXT(message, left)) {
			if (message->nlmsg_type == NLMSG_DONE)
				return sockets;
			if (message->nlmsg_type == NLMSG_ERROR)
				return -1;
			sockets++;
		}
	}
}

int main(int count, char **arguments)
{
	static unsigned char requests[8][256];
	size_t lengths[8];
	char line[16];

	if (count < 2 || count > 9)
		return 2;
	for (int i = 1; i < count; i++) {
		lengths[i - 1] = strlen(arguments[i]) / 2;
		if (lengths[i - 1] > sizeof(requests[0]))
			return 2;
		for (size_t at = 0; at < lengths[i - 1]; at++)
			if (sscanf(arguments[i] + 2 * at, "%2hhx", &requests[i - 1][at]) != 1)
				return 2;
	}
	while (fgets(line, sizeof(line), stdin)) {
		long long began = now();
		long sockets = 0;
		int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_SOCK_DIAG);

		for (int i = 0; i < count - 1; i++) {
			long more = ask(fd, requests[i], lengths[i]);

			if (more < 0)
				return 1;
			sockets += more;
		}
		close(fd);
		printf("%ld %lld\n", sockets, now() - began);
		fflush(stdout);
	}
	return 0;
}
