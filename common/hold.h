/*
 * hold.h - hold the system calls of a program before they begin
 *
 * The program to be puts a filter on itself and hands its listener to whoever
 * supervises it (SECCOMP_RET_USER_NOTIF). Children and what it becomes by exec
 * have the filter, too.
 *
 * Sources: seccomp(2), seccomp_unotify(2), unix(7).
 */
#ifndef HOLD_H
#define HOLD_H

#include <stddef.h>

enum {
	HOLD_FD = 200,		/* no program of ours has this descriptor, or
				   one above it */
	HOLD_FREE_MOST = 64,	/* calls that are not held */
};

/* Are there listeners here whose holding only SIGKILL ends? Linux 5.19; 1 or 0,
 * and then errno says why. */
int hold_is_possible(void);

/* Put the filter on this process: all calls are held but the N that FREE lists,
 * at most HOLD_FREE_MOST, and sendmsg() through descriptor TO. Returns the
 * listener, or -1 with errno set. */
int hold_calls(const int *free, size_t n, int to);

/* Send SIZE bytes of WORD through the socket TO, and FD with them: 0, or -1 with
 * errno set. */
int hold_send(int to, void *word, size_t size, int fd);

/* Take them from the socket FROM. Returns the descriptor, which is closed by
 * exec and which the caller closes; -1: none came, or WORD has another size. */
int hold_take(int from, void *word, size_t size);

#endif
