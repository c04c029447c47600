/*
 * said.c - what the programs say: their memory files are opened, followed and
 * kept
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <unistd.h>

#include "keeper.h"

static int memory_file(void)
{
	int fd = memfd_create("output", MFD_CLOEXEC);

	/* Appending: several programs may share one file in play. */
	if (fd != -1)
		fcntl(fd, F_SETFL, O_APPEND);
	return fd;
}

/* The program whose file takes what program I writes. */
static const struct program *file_of(const struct keeper *k, size_t i)
{
	return &k->prog[k->plan->play ? 0 : i];
}

int said_open(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];

	if (k->plan->play && i > 0) {
		p->out = p->err = k->prog[0].out;
	} else {
		p->out = memory_file();
		p->err = k->plan->play ? p->out : memory_file();
	}
	p->lines_before = file_of(k, i)->lines;
	return p->out == -1 || p->err == -1 ? -1 : 0;
}

static unsigned lines_in(const char *buf, ssize_t n)
{
	unsigned lines = 0;

	for (ssize_t i = 0; i < n; i++)
		lines += buf[i] == '\n';
	return lines;
}

/* Count the new lines of program I's output; in play copy them to stdout. */
static void copy_output(struct keeper *k, size_t i)
{
	struct program *p = &k->prog[i];
	char buf[4096];
	ssize_t n;

	while ((n = pread(p->out, buf, sizeof buf, p->copied)) > 0) {
		p->lines += lines_in(buf, n);
		k->lines += lines_in(buf, n);
		p->copied += n;
		if (k->plan->play && !k->plan->look &&
		    write(1, buf, (size_t)n) == -1) {
			k->sh->res.unwritten = errno;
			k->stop = k->stop ? k->stop : SIGPIPE;
		}
	}
}

void said_follow(struct keeper *k)
{
	size_t n = k->plan->play ? 1 : k->plan->n;

	for (size_t i = 0; i < n; i++)
		if (k->prog[i].out > 0)
			copy_output(k, i);
}

int said_a_line(const struct keeper *k, size_t i)
{
	return file_of(k, i)->lines > k->prog[i].lines_before;
}

size_t said_bytes(const struct keeper *k)
{
	size_t sum = 0;
	struct stat st;

	for (size_t i = 0; i < k->plan->n; i++) {
		if (k->prog[i].out > 0 && fstat(k->prog[i].out, &st) == 0)
			sum += (size_t)st.st_size;
		if (k->prog[i].err > 0 && fstat(k->prog[i].err, &st) == 0)
			sum += (size_t)st.st_size;
		if (k->plan->play)
			break;
	}
	return sum;
}

static void keep_text(int fd, struct stage_text *t)
{
	struct stat st;
	ssize_t n;

	if (fd <= 0 || fstat(fd, &st) == -1)
		return;
	t->total = (size_t)st.st_size;
	n = pread(fd, t->data, STAGE_KEPT, 0);
	t->len = n > 0 ? (size_t)n : 0;
	t->data[t->len] = '\0';
}

void said_keep(struct keeper *k)
{
	struct stage_result *res = &k->sh->res;

	for (size_t i = 0; i < k->plan->n; i++) {
		keep_text(k->prog[i].out, &res->prog[i].out);
		if (k->plan->play)	/* that was the output of all */
			break;
		keep_text(k->prog[i].err, &res->prog[i].err);
	}
}
