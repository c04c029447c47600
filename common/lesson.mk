# lesson.mk - what every lesson's Makefile includes
#
#   PROGRAMS   the programs of the pair; X is built from X.c
#   PLAY       what stage plays: its options, programs, '::' between them
#
# Each program compiles alone: cc X.c -o X needs nothing from here.

TOP    := $(patsubst %/common/lesson.mk,%,$(lastword $(MAKEFILE_LIST)))
PARENT := $(TOP)/common
BUILD  := $(TOP)/build
STAGE   = $(BUILD)/stage

all: $(PROGRAMS)
	@:

include $(PARENT)/build.mk

$(PROGRAMS): %: %.c $(TOP)/common/lesson.h
	@$(TOP)/common/tools/need-cc . $@
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

CLAIM   = $(TOP)/common/proof/claim.c $(TOP)/common/proof/claim_main.c

claims: claims.c $(CLAIM) $(TOP)/common/proof/claim.h \
        $(TOP)/common/lesson.h $(BUILD)/libstage.a
	@$(TOP)/common/tools/need-cc . $@
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ claims.c \
	    $(CLAIM) $(BUILD)/libstage.a $(LIBS)

play: all $(STAGE)
	@$(STAGE) -p -B -d . $(PLAY)

clean:
	rm -f $(PROGRAMS) claims

# Whatever else is typed here is a word for the front door.
.DEFAULT:
	@$(MAKE) --no-print-directory -C $(TOP) '$(subst ','\'',$@)'
# But under make -B each source counts as asked for as well: nothing to do.
Makefile $(PARENT)/lesson.mk $(PARENT)/build.mk: ;
$(wildcard *.c) $(CLAIM) $(PARENT)/proof/claim.h $(PARENT)/lesson.h: ;

.PHONY: all play clean
.DELETE_ON_ERROR:
