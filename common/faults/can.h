/*
 * can.h - can this call return this error, as it is made here?
 */
#ifndef CAN_H
#define CAN_H

#include <linux/seccomp.h>

/* What is known of the handlers of a program, a bit for each signal. */
struct handlers {
	unsigned long long all;		/* after which the program goes on */
	unsigned long long breaks;	/* of these: without SA_RESTART */
};

/* N is a call of rt_sigaction(): learn of it. */
void can_learn(struct handlers *h, const struct seccomp_notif *n);

/* 1: the held call N of a program with handlers H can return ERROR; 0: never.
 * Only errors that depend on how a call is made are looked at, so 1 also
 * stands for "not known". */
int can_fail(const struct handlers *h, const struct seccomp_notif *n,
	     int error);

/* 1: N, a read() or write(), can take a part only. COPY is its descriptor, as
 * this process has it. */
int can_be_short(const struct handlers *h, const struct seccomp_notif *n,
		 int copy);

/* 1: SIGNAL would end who makes the call N, perhaps after a clean-up. */
int can_end_by(const struct seccomp_notif *n, int signal);

/* Of which errors can_fail() may say 0. */
extern const int can_be_asked[];	/* the last one is 0 */

#endif
