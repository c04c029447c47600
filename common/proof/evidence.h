/*
 * evidence.h - what a check did to the student's program, for the failure text
 *
 * A check starts programs, feeds them and lets calls of theirs fail. When it
 * fails, what it did in the guilty run is told: not what it did last. check.c
 * writes here, in the check's own process, and check_main.c reads after that
 * has ended, or was killed: so it lies in memory that both share. No program
 * that a check executes can reach it.
 */
#ifndef EVIDENCE_H
#define EVIDENCE_H

#include <stddef.h>

enum {
	EVIDENCE_RUNS = 256,	/* the latest runs that are kept */
	EVIDENCE_TEXT = 768,	/* bytes of each text */
};

/* One program that the check has started. */
struct evidence_run {
	unsigned number;	/* 1, 2, ...; 0: this place is free */
	char command[EVIDENCE_TEXT];
	char input[EVIDENCE_TEXT];	/* its stdin, or "" */
	char fault[EVIDENCE_TEXT];	/* "we made its read() number 1 fail
					   with EIO", or "" */
	char program[48];	/* the file that ran, beside the checker */
	unsigned long place;	/* of that call, for addr2line(1); 0: unknown */
	size_t said_from;	/* from here to there stands what it wrote to */
	size_t said_to;		/* stderr; 0: it has not ended yet */
};

/* evidence_clear - a check begins. */
void evidence_clear(void);

/* evidence_input - the next run gets this as its input.
 * evidence_begin - a run begins. From here on it is the suspect. Returns where
 * the rest of it is to be written; never NULL.
 * evidence_end - run NUMBER has ended, and SAID bytes stand on stderr. */
void evidence_input(const char *text);
struct evidence_run *evidence_begin(size_t said);
void evidence_end(unsigned number, size_t said);

/* evidence_suspect - what is found from here on is run NUMBER's doing.
 * evidence_hang - TEXT is what is wrong if the check does not end from here on,
 * until the next run begins; NULL: nothing is known. */
void evidence_suspect(unsigned number);
void evidence_hang(const char *text);

/* evidence_objects - look which IPC objects are there. What is new was made by
 * the latest run. evidence_leaver - the run that made an object which is still
 * there is the suspect from here on; if there is none, nothing changes. */
void evidence_objects(void);
void evidence_leaver(void);

/* evidence_guilty - the run that is the suspect; NULL if there is none, or it
 * is too long ago. evidence_of_hang - what evidence_hang() got, or "". */
struct evidence_run *evidence_guilty(void);
const char *evidence_of_hang(void);

#endif
