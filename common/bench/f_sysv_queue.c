/* f_sysv_queue.c - a System V message queue; the type is the direction */
#define _GNU_SOURCE
#include <stdio.h>
#include <sys/ipc.h>
#include <sys/msg.h>

#include "../lesson.h"
#include "bench.h"

static int id;
static struct {
	_Alignas(PAGE) long type;
	unsigned char text[LARGEST];
} m;

static void teardown(struct bench *b)
{
	for (int c = 0; c < CHANNELS; c++)
		if (b->keep->id[c] != -1)
			msgctl(b->keep->id[c], IPC_RMID, NULL);
}

/* One queue a channel, so that one direction never takes the other's room. */
static const char *setup(struct bench *b)
{
	static char sentence[96];
	struct msqid_ds ds;
	struct msginfo info;

	own_nothing(b->keep);
	if (msgctl(0, IPC_INFO, (struct msqid_ds *)&info) == -1)
		return refuse("msgctl IPC_INFO");
	if (b->size > (size_t)info.msgmax || b->size > (size_t)info.msgmnb) {
		snprintf(sentence, sizeof sentence, "kernel.msgmax is %d, "
			 "msgmnb %d", info.msgmax, info.msgmnb);
		return sentence;
	}
	for (int c = 0; c < CHANNELS; c++) {
		id = b->keep->id[c] = msgget(own_key((unsigned)c),
					     IPC_CREAT | 0600);
		if (id == -1 || msgctl(id, IPC_STAT, &ds) == -1)
			return refuse("msgget");
		ds.msg_qbytes = b->variant ? 4 << 20 : 16384;
		if (ds.msg_qbytes < b->size)
			ds.msg_qbytes = b->size;
		if (msgctl(id, IPC_SET, &ds) == -1)
			return refuse("msgctl msg_qbytes");
	}
	return NULL;
}

static void send_msg(struct bench *b, const void *msg, size_t len)
{
	m.type = 1;
	memcpy(m.text, msg, len);
	while (msgsnd(b->keep->id[out(b)], &m, len,
		      b->spin ? IPC_NOWAIT : 0) == -1)
		if (errno != EAGAIN)
			fail(b, "msgsnd");
}

static void recv_msg(struct bench *b, void *msg, size_t len)
{
	ssize_t n;

	do
		n = msgrcv(b->keep->id[in(b)], &m, len, 1,
			   b->spin ? IPC_NOWAIT : 0);
	while (n == -1 && (errno == ENOMSG || errno == EAGAIN));
	if (n != (ssize_t)len)
		fail(b, "msgrcv");
	memcpy(msg, m.text, len);
}

const struct facility f_sysv_queue = {
	.name = "sysv-queue", .title = "System V queue", .family = "queue",
	.can = BLOCKS | POLLS | ONE_WAY | SELF | ROUND,
	.max = 65536, .copies = 2, .variant = { "4 MiB" },
	.setup = setup, .send = send_msg, .recv = recv_msg,
	.teardown = teardown,
};
