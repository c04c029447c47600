# lesson.mk - what every lesson's Makefile includes
#
#   PROGRAMS   the programs of the pair; X is built from X.c
#   PLAY       what stage plays: its options, programs, '::' between them
#
# Each program compiles alone: cc X.c -o X needs nothing from here.

CFLAGS ?= -g -O1
WARN    = -std=gnu11 -Wall -Wextra -Wpedantic -Wshadow -Wconversion $(WERROR)
TOP    := $(patsubst %/common/lesson.mk,%,$(abspath $(lastword $(MAKEFILE_LIST))))
LIBS    = -pthread -lrt	# empty since glibc 2.34
STAGE   = $(TOP)/build/stage

all: $(PROGRAMS)
	@:

$(PROGRAMS): %: %.c $(TOP)/common/lesson.h
	@$(TOP)/common/need-cc '$(firstword $(CC))' .
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

CLAIM   = $(TOP)/common/claim.c $(TOP)/common/claim_main.c

claims: claims.c $(CLAIM) $(TOP)/common/claim.h \
        $(TOP)/common/lesson.h $(TOP)/build/libstage.a
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ claims.c \
	    $(CLAIM) $(TOP)/build/libstage.a $(LIBS)

# stage, unless the front door has just built it
$(TOP)/build/libstage.a: $(STAGE) ;
$(STAGE):
	@$(MAKE) --no-print-directory -C $(TOP)/common/stage

play: all $(STAGE)
	@$(STAGE) -p -B -d . $(PLAY)

clean:
	rm -f $(PROGRAMS) claims

.PHONY: all play clean
.DELETE_ON_ERROR:
