/*
 * answer.h - the checks of a page of questions (kind: predict)
 *
 *	CHECK(1, "q1", "what the first read() returns")
 *	{
 *		struct prog p = start("tube", NULL);
 *
 *		MUST_ANSWER("1", fact(&p, "first read: "), "Look at // 1 in "
 *			    "tube.c: how many bytes lie in the pipe there?");
 *	}
 *
 * The student reads a small program, writes into answers.txt what it will
 * print, and the check runs it. What is right is never stored: it is what the
 * program has printed on this system.
 *
 * The page, answers.txt, has a line for each question, "1: 10". A line that
 * begins with # is a remark. Blanks, empty lines, small or capital letters make
 * no difference, nor do quotes around an answer and a full stop behind it. A
 * number may stand between words ("10 bytes") if it is the only one.
 */
#ifndef ANSWER_H
#define ANSWER_H

#include "check.h"

/* fact - P ends with status 0; the rest of the line of its output that begins
 * with LABEL. The text stays valid until the check ends. A program without
 * such a line is an error of the tool. */
const char *fact(struct prog *p, const char *label);

/* MUST_ANSWER - the page answers QUESTION with WANT. If not, the student is
 * told what she wrote, and LOOK: where to look. Never WANT. */
#define MUST_ANSWER(question, want, look)				\
	must_answer(__FILE__, __LINE__, question, want, look)

void must_answer(const char *file, int line, const char *question,
		 const char *want, const char *look);

#endif
