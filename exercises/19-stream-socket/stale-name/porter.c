/*
 * porter - says its process id to everybody who connects to its path
 *
 *   client --- connect() ---> [ PATH, AF_UNIX stream ] ---> porter
 *          <-- "porter 4711\n" --                      <---
 *
 *   ./porter PATH N	serves N clients, and ends; PATH is gone then
 *   socat - UNIX-CONNECT:PATH
 */
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

static struct sockaddr_un at = { .sun_family = AF_UNIX };

static void remove_path(void)
{
	unlink(at.sun_path);
}

static int listen_at(const char *path)
{
	int door = socket(AF_UNIX, SOCK_STREAM, 0);

	if (door == -1)
		die("socket");
	if (strlen(path) >= sizeof at.sun_path)
		quit("PATH is too long");
	strcpy(at.sun_path, path);
	// TODO: after `kill -KILL' the next porter cannot start: the name of
	// the dead one is in the way. Do not take a living one's away.
	if (bind(door, (struct sockaddr *)&at, sizeof at) == -1)
		die("bind");
	(void)remove_path;
	if (listen(door, 5) == -1)
		die("listen");
	return door;
}

/* A client that has left already must not end us: no SIGPIPE. */
static void serve(int fd)
{
	char text[32];
	int n = sprintf(text, "porter %d\n", (int)getpid());

	if (send(fd, text, (size_t)n, MSG_NOSIGNAL) == -1 && errno != EPIPE)
		die("send");
	if (close(fd) == -1)
		die("close");
}

int main(int argc, char **argv)
{
	int door, fd;

	if (argc != 3)
		quit("usage: ./porter PATH N");
	door = listen_at(argv[1]);
	for (int n = atoi(argv[2]); n > 0; n--) {
		if ((fd = accept(door, NULL, NULL)) == -1)
			die("accept");
		serve(fd);
	}
	return EXIT_SUCCESS;
}
