/*
 * output.h - has all that a command said been written?
 */
#ifndef WHY_OUTPUT_H
#define WHY_OUTPUT_H

/* output_end - the last call of a command that writes to stdout. Returns
 * STATUS; or 2, after a line on stderr, if something could not be written. With
 * no stdout at all a STATUS that is not 0 stays. A reader that has gone (EPIPE)
 * needs no line. Closes stdout.
 * output_failed - the same for a write that failed with ERR: returns 2. */
int output_end(int status);
int output_failed(int err);

#endif
