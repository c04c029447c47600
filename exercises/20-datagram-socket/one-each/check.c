/*
 * check - what one-each asks, and what parcels says
 */
#include "../../../common/proof/answer.h"

/* What parcels prints on this system behind LABEL. */
static const char *parcels(const char *label)
{
	struct prog p = start("parcels", NULL);

	return fact(&p, label);
}

CHECK(1, "q1", "two datagrams, and one recv() with room for both")
{
	MUST_ANSWER("1", parcels("first parcel: "), "Look at the comment 1 in "
		    "parcels.c. Two datagrams lie there. Does one recv() take "
		    "a number of bytes, or does it take a datagram?");
}

CHECK(1, "q2", "a recv() with too little room")
{
	MUST_ANSWER("2", parcels("second parcel: "), "Look at the comment 2 in "
		    "parcels.c, and at the last argument of fetch(): it is the "
		    "most that may come.");
}

CHECK(1, "q3", "what becomes of the bytes that had no room")
{
	MUST_ANSWER("3", parcels("third parcel: "), "Look at the comments 2 "
		    "and 3 in parcels.c. What the second recv() had no room "
		    "for: is it still there, or is it gone?");
}

CHECK(1, "q4", "a datagram of 0 bytes")
{
	MUST_ANSWER("4", parcels("fourth parcel: "), "Look at the comment 4 in "
		    "parcels.c. Is a parcel with nothing in it a parcel? What "
		    "is its length?");
}

CHECK(1, "q5", "what comes after a datagram of 0 bytes")
{
	MUST_ANSWER("5", parcels("fifth parcel: "), "Look at the comments 4 "
		    "and 5 in parcels.c. Which of the two parcels has been "
		    "taken, and which one lies there still?");
}
