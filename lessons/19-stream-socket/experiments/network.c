/*
 * network - which names are known in another network namespace?
 *
 *   We listen at three names, and connect to each. Then we go into a new
 *   network, such as a container has, and connect again.
 *
 * Watch: in the new network only one of the three names leads to us.
 *
 * Try: in main(), listen at the abstract name after enter_network(), and not
 * before. Which line changes?
 */
#define _GNU_SOURCE			// for unshare()
#include <arpa/inet.h>
#include <netinet/in.h>
#include <sched.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "../../../common/lesson.h"

enum { WAITING = 2 };	// connections to a name that nobody accepts

static int make_socket(int family)
{
	int fd = socket(family, SOCK_STREAM, 0);

	if (fd == -1)
		die("socket");
	return fd;
}

/* Listen at NAME. If NAME leaves a choice to the kernel, store there the name
 * that the kernel has chosen.
 * *SIZE: at first, how many bytes of NAME bind() is to read. At the end, how
 * many bytes the stored name has. ROOM: how many bytes we can store. */
static void listen_at(struct sockaddr *name, socklen_t *size, socklen_t room)
{
	int fd = make_socket(name->sa_family);

	if (bind(fd, name, *size) == -1)
		die("bind");
	// getsockname() wants the room in *size. It stores the real size there.
	*size = room;
	if (getsockname(fd, name, size) == -1)
		die("getsockname");
	if (listen(fd, WAITING) == -1)
		die("listen");
	// We do not close it: it is to listen until the program ends.
}

static void try(const char *where, const struct sockaddr *name, socklen_t size)
{
	int fd = make_socket(name->sa_family);
	int result;

	do {
		result = connect(fd, name, size);
	} while (result == -1 && errno == EINTR);
	if (result == 0)
		say("%s: connected", where);
	else
		say("%s: %s", where, errno_name(errno));
	if (close(fd) == -1)
		die("close");
}

/* From here on each new socket of this process belongs to a new network. Only
 * root may make one; others may do so in a user namespace of their own, if the
 * system allows that. */
static void enter_network(void)
{
	if (unshare(CLONE_NEWNET) == 0)
		return;
	if (unshare(CLONE_NEWUSER | CLONE_NEWNET) == 0)
		return;
	say("skipped: unshare CLONE_NEWNET: %s: no new network here; as root it"
	    " may work", errno_name(errno));
	exit(EXIT_SUCCESS);
}

// The path is global, because remove_path() needs it.
static struct sockaddr_un path = { .sun_family = AF_UNIX };

static void remove_path(void)
{
	unlink(path.sun_path);
}

int main(void)
{
	// No name: the kernel chooses an abstract one. Its address has a zero
	// byte where a path begins.
	struct sockaddr_un abstract = { .sun_family = AF_UNIX };
	// No port: the kernel chooses one.
	struct sockaddr_in tcp = {
		.sin_family = AF_INET,
		.sin_addr = { .s_addr = htonl(INADDR_LOOPBACK) },
	};
	struct sockaddr *path_name = (struct sockaddr *)&path;
	struct sockaddr *abstract_name = (struct sockaddr *)&abstract;
	struct sockaddr *tcp_name = (struct sockaddr *)&tcp;
	socklen_t path_size = sizeof path;
	// The family alone: no name.
	socklen_t abstract_size = sizeof abstract.sun_family;
	socklen_t tcp_size = sizeof tcp;

	own_path(path.sun_path, "network");
	unlink(path.sun_path);		// of a run that was killed
	hold_signals();
	remove_at_end(remove_path);
	listen_at(path_name, &path_size, sizeof path);
	let_signals();
	listen_at(abstract_name, &abstract_size, sizeof abstract);
	listen_at(tcp_name, &tcp_size, sizeof tcp);

	try("our network, a path", path_name, path_size);
	try("our network, an abstract name", abstract_name, abstract_size);
	try("our network, 127.0.0.1", tcp_name, tcp_size);
	enter_network();
	try("new network, a path", path_name, path_size);
	try("new network, an abstract name", abstract_name, abstract_size);
	try("new network, 127.0.0.1", tcp_name, tcp_size);
	return EXIT_SUCCESS;
}
