/*
 * A server of HTTP/1.1 on 127.0.0.1 and the port of its argument that answers each request without a body at once, and keeps the
 * time at which each one came. It says "listening" on a line; when its standard input ends, it says the times, one a line, in
 * nanoseconds of CLOCK_MONOTONIC, and ends.
 */
#include <arpa/inet.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#define MOST 10000000
#define EVENTS 64

static const char ANSWER[] = "HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok";
/* How much of the end of a head each connection has shown, by its descriptor. */
static unsigned char seen[65536];
static long long *times;
static long count;

static long long now(void)
{
	struct timespec at;

	clock_gettime(CLOCK_MONOTONIC, &at);
	return at.tv_sec * 1000000000LL + at.tv_nsec;
}

static void serve(int fd, long long at)
{
	static const char END[] = "\r\n\r\n";
	char bytes[65536];
	ssize_t length = read(fd, bytes, sizeof(bytes));
	ssize_t i;

	if (length <= 0) {
		close(fd);
		return;
	}
	for (i = 0; i < length; i++) {
		seen[fd] = bytes[i] == END[seen[fd]] ? seen[fd] + 1 : bytes[i] == END[0];
		if (seen[fd] == 4) {
			seen[fd] = 0;
			if (count < MOST)
				times[count++] = at;
			if (write(fd, ANSWER, sizeof(ANSWER) - 1) < 0)
				return;
		}
	}
}

int main(int number, char **arguments)
{
	struct sockaddr_in address = {.sin_family = AF_INET};
	struct epoll_event event = {.events = EPOLLIN};
	struct epoll_event events[EVENTS];
	int listener = socket(AF_INET, SOCK_STREAM, 0);
	int poll = epoll_create1(0);
	int one = 1;
	long i;

	times = malloc(MOST * sizeof(*times));
	if (number != 2 || times == NULL)
		return 2;
	address.sin_port = htons(atoi(arguments[1]));
	address.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
	setsockopt(listener, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(listener, (struct sockaddr *)&address, sizeof(address)) || listen(listener, 128))
		return 1;
	event.data.fd = listener;
	epoll_ctl(poll, EPOLL_CTL_ADD, listener, &event);
	event.data.fd = 0;
	epoll_ctl(poll, EPOLL_CTL_ADD, 0, &event);
	puts("listening");
	fflush(stdout);
	for (;;) {
		int ready = epoll_wait(poll, events, EVENTS, -1);
		long long at = now();

		for (i = 0; i < ready; i++) {
			int fd = events[i].data.fd;

			if (fd == 0) {
				for (i = 0; i < count; i++)
					printf("%lld\n", times[i]);
				return 0;
			}
			if (fd != listener) {
				serve(fd, at);
				continue;
			}
			fd = accept(listener, NULL, NULL);
			if (fd < 0 || fd >= (int)sizeof(seen)) {
				close(fd);
				continue;
			}
			seen[fd] = 0;
			setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
			event.data.fd = fd;
			epoll_ctl(poll, EPOLL_CTL_ADD, fd, &event);
		}
	}
}
