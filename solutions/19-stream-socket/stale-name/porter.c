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

//> solution
/* Is PATH a socket at which nobody listens? Only such a one is stale. */
static int is_stale(void)
{
	struct stat st;
	int fd, refused;

	// connect() refuses at a plain file as well: do not remove that.
	if (lstat(at.sun_path, &st) == -1 || !S_ISSOCK(st.st_mode))
		return 0;
	fd = socket(AF_UNIX, SOCK_STREAM, 0);
	if (fd == -1)
		die("socket");
	refused = connect(fd, (struct sockaddr *)&at, sizeof at) == -1 &&
		  errno == ECONNREFUSED;
	if (close(fd) == -1)
		die("close");
	return refused;
}

//> end
static int listen_at(const char *path)
{
	int door = socket(AF_UNIX, SOCK_STREAM, 0);

	if (door == -1)
		die("socket");
	if (strlen(path) >= sizeof at.sun_path)
		quit("PATH is too long");
	strcpy(at.sun_path, path);
//> solution
	if (is_stale() && unlink(path) == -1)
		die("unlink");
	hold_signals();		// or one finds the path, and nobody removes it
//> starter
//|	// TODO: after `kill -KILL' the next porter cannot start: the name of
//|	// the dead one is in the way. Do not take a living one's away.
//> end
	if (bind(door, (struct sockaddr *)&at, sizeof at) == -1)
		die("bind");
//> solution
	remove_at_end(remove_path);	// only now is it ours to remove
	let_signals();
//> starter
//|	(void)remove_path;
//> end
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
