/*
 * text.c - how a run ended, in words
 */
#define _GNU_SOURCE
#include <ctype.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>

#include "inside.h"

static void signaled(struct words *w, int sig)
{
	words_add(w, "was killed by %s (%s)", signal_name(sig), strsignal(sig));
	if (sig == SIGXCPU)
		words_add(w, ": it used up its CPU time");
	if (sig == SIGBUS)
		words_add(w, ": it touched memory with nothing behind it; "
			  "if df /dev/shm says 100%%, remove what fills it");
	if (sig == SIGXFSZ)
		words_add(w, ": a file grew past the limit: 64 MiB, or "
			  "what `ulimit -f' allows");
	if (sig == SIGSYS)
		words_add(w, ": it called kill() for every process, or for "
			  "the one that watches it");
}

void stage_sentence(const struct stage_result *res, int i, char *buf,
		    size_t size)
{
	struct words w = { buf, 0, size };
	enum stage_end end = i < 0 ? res->end : res->prog[i].end;
	int code = i < 0 ? res->code : res->prog[i].code;

	switch (end) {
	case STAGE_EXITED:
		words_add(&w, "ended with status %d", code);
		break;
	case STAGE_SIGNALED:
		signaled(&w, code);
		break;
	case STAGE_DEADLINE:
		words_add(&w, "was still running after %.1f s", code / 1000.0);
		break;
	case STAGE_OUTPUT:
		words_add(&w, "wrote more than %d KiB", code / 1024);
		break;
	case STAGE_PROCESSES:
		words_add(&w, "started more than %d processes", code);
		break;
	case STAGE_NOT_STARTED:
		words_add(&w, "could not start: %s", res->error);
		break;
	case STAGE_NO_TURN:
		words_add(&w, i >= 0 ? "was not started" :
			  "ended too early: the first program ended and had "
			  "not printed a line, so the others were not started");
		break;
	case STAGE_INTERRUPTED:
		words_add(&w, "stopped by %s", signal_name(code));
		break;
	case STAGE_ERROR:
		words_add(&w, "stage failed: %s", res->error);
		break;
	}
	/* A program's name may hold what no terminal should get. */
	for (char *c = buf; *c; c++)
		if (iscntrl((unsigned char)*c))
			*c = '?';
}
