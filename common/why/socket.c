/*
 * socket.c - sockets
 */
#include "inside.h"

void socket_fd(struct wait *w, int fd, const char *link, enum way way)
{
	(void)way;
	wait_object(w, "socket", fd, link);
	words_add(&w->words, "fd %d, a socket", fd);
}
