# lesson.mk - what every lesson's Makefile includes
#
#   PROGRAMS   the programs of the pair; X is built from X.c
#   PLAY       what stage plays: its options, programs, '::' between them
#   EXPERIMENTS  the experiments, in the order of the notes; X is built from
#              experiments/X.c
#   PLAY_X     what stage plays for X, if that is more than ./X
#   PICTURE_YIELDS  for timeline.svg: the next program has its turn after these
#              system calls, too (trace -h: -y); without it one goes on until
#              it sleeps
#   PICTURE_WITHOUT  calls that are not what it is about (trace -h: -x)
#   PICTURE_IF a command: the picture is of a system where it succeeds
#   PICTURE_TAKES  long: it is compared with FULL=1 only
#   NOTES      pages besides README.md and sources.md that cite its proofs
#
# Each program compiles alone: cc X.c -o X needs nothing from here.

TOP    := $(patsubst %/common/lesson.mk,%,$(lastword $(MAKEFILE_LIST)))
PARENT := $(TOP)/common
BUILD  := $(TOP)/build
STAGE   = $(BUILD)/stage

all: $(PROGRAMS) $(EXPERIMENTS:%=experiments/%)
	@:

include $(PARENT)/build.mk

$(PROGRAMS): %: %.c $(PARENT)/experiment.h $(PARENT)/lesson.h
	@$(PARENT)/tools/need-cc . $@
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

experiments/%: experiments/%.c $(PARENT)/experiment.h $(PARENT)/lesson.h
	@$(PARENT)/tools/need-cc . $@
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ $< $(LIBS)

CLAIM   = $(PARENT)/proof/claim.c $(PARENT)/proof/claim_main.c

claims: claims.c $(CLAIM) $(PARENT)/proof/claim.h \
        $(PARENT)/experiment.h $(PARENT)/lesson.h $(BUILD)/libstage.a
	@$(PARENT)/tools/need-cc . $@
	@$(CC) $(WARN) $(CFLAGS) $(LDFLAGS) -o $@ claims.c \
	    $(CLAIM) $(BUILD)/libstage.a $(LIBS)

play: all $(STAGE)
	@$(STAGE) -p -B -d . $(PLAY)

play_of = $(or $(PLAY_$(1)),./$(1))
$(EXPERIMENTS:%=play-%): play-%: experiments/% $(STAGE)
	@$(STAGE) -p -B -d experiments $(call play_of,$*)

# For scripts: the names of the experiments, and what is played
experiments:
	@echo $(EXPERIMENTS)
words-play:
	@echo '$(PLAY)'
words-picture:
	@echo 'yields="$(PICTURE_YIELDS)" without="$(PICTURE_WITHOUT)"' \
	    'measures=$(filter yes,$(MEASURES))'
picture-if:
	@$(or $(PICTURE_IF),true)
$(EXPERIMENTS:%=words-%): words-%:
	@echo '$(call play_of,$*)'

clean:
	rm -f $(PROGRAMS) $(EXPERIMENTS:%=experiments/%) claims

# Whatever else is typed here is a word for the front door.
.DEFAULT:
	@$(MAKE) --no-print-directory -C $(TOP) '$(subst ','\'',$@)'
# But under make -B each source counts as asked for as well: nothing to do.
Makefile $(PARENT)/lesson.mk $(PARENT)/build.mk: ;
$(wildcard *.c experiments/*.c) $(CLAIM) $(PARENT)/proof/claim.h $(PARENT)/experiment.h \
	$(PARENT)/lesson.h: ;

.PHONY: all play clean experiments words-play words-picture picture-if
.PHONY: $(EXPERIMENTS:%=play-%)
.PHONY: $(EXPERIMENTS:%=words-%)
.DELETE_ON_ERROR:
