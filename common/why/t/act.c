/*
 * act.c - see act.h
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <signal.h>
#include <sys/prctl.h>
#include <sys/socket.h>

#include "act.h"

_Noreturn void forever(void)
{
	for (;;)
		pause();
}

pid_t fork_child(void)
{
	pid_t parent = getpid();
	pid_t pid = fork();

	if (pid == -1)
		die("fork");
	if (pid > 0)
		return pid;
	if (prctl(PR_SET_PDEATHSIG, SIGKILL) == -1)
		die("prctl");
	if (getppid() != parent)
		_exit(1);
	return 0;
}

void child_that_pauses(const char *name)
{
	if (fork_child() > 0)
		return;
	prctl(PR_SET_NAME, name);
	forever();
}

/* A child that dies before closes its end as well: then nothing was read. */
pid_t child_that(void (*deed)(void), const char *name)
{
	char done = 'x';
	int end[2];
	pid_t child;

	make_pipe(end);
	child = fork_child();
	if (child == 0) {
		prctl(PR_SET_NAME, name);
		close(end[0]);
		deed();
		if (write(end[1], &done, 1) == -1)
			die("write");
		close(end[1]);
		forever();
	}
	close(end[1]);
	if (read(end[0], &done, 1) != 1)
		quit("%s has not done what it should", name);
	close(end[0]);
	return child;
}

void make_pipe(int end[2])
{
	if (pipe(end) == -1)
		die("pipe");
}

void fill(int fd)
{
	static char page[4096];
	int flags = fcntl(fd, F_GETFL);

	fcntl(fd, F_SETFL, flags | O_NONBLOCK);
	while (write(fd, page, sizeof page) > 0)
		;
	fcntl(fd, F_SETFL, flags);
}

void send_away(int fd)
{
	union note {
		char bytes[CMSG_SPACE(sizeof(int))];
		struct cmsghdr align;
	};
	union note note = { .bytes = "" };
	char byte = 'x';
	struct iovec data = { .iov_base = &byte, .iov_len = 1 };
	struct msghdr m = { .msg_iov = &data, .msg_iovlen = 1,
			    .msg_control = note.bytes,
			    .msg_controllen = sizeof note.bytes };
	struct cmsghdr *c = CMSG_FIRSTHDR(&m);
	int pair[2];

	if (socketpair(AF_UNIX, SOCK_STREAM, 0, pair) == -1)
		die("socketpair");
	c->cmsg_level = SOL_SOCKET;
	c->cmsg_type = SCM_RIGHTS;
	c->cmsg_len = CMSG_LEN(sizeof(int));
	memcpy(CMSG_DATA(c), &fd, sizeof(int));
	if (sendmsg(pair[0], &m, 0) == -1)
		die("sendmsg");
}

int play(int argc, char **argv, const struct act *act, size_t n)
{
	if (argc != 2)
		quit("usage: %s ACT", argv[0]);
	for (size_t i = 0; i < n; i++) {
		if (strcmp(argv[1], act[i].name) != 0)
			continue;
		prctl(PR_SET_NAME, act[i].name);
		act[i].play();
		forever();
	}
	quit("there is no act '%s' in %s", argv[1], argv[0]);
}
