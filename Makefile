# IPC Lessons: the front door. `make' alone says what you can do here.
#
# First what a student types, then what a reader of the proofs and figures
# types, then what an instructor types, then what a maintainer types. Each
# command is a script or a program in common/: the words are there.
#
# What stands between "#> course" and "#> end" is left out of a part of the
# course that is handed out: see common/course/handout.

include common/front.mk

# ------------------------------------------------------------- the student

# Where you are, and what you can do
status:
	@common/tools/front status

help help-dev:
	@common/tools/front $@
#> course
help-class:
	@common/tools/front $@
#> end

# All lessons, one after the other. A recipe that calls make through a script
# has a +, so that the make there is one of the jobs of this one.
tour: need-cc
	+@common/tools/front tour

# Lesson NN: `make 01' plays the pair, `make 01-NAME' one of its experiments,
# `make trace-01' and `make trace-01-NAME' draw who calls what in time,
# `make claims-01' runs its proofs.
$(NUMBERS): %: pair-of-%
	@$(DEMO_PLAYS) $(MAKE) -C $(call folder,$*) play $(PART)
	@$(DEMO_PLAYS) common/tools/front after $(call folder,$*)

$(EXPERIMENTS): pair-of-$$(call number,$$@)
	@$(MAKE) -C $(call folder,$(call number,$@)) play-$(call rest,$@) $(PART)

$(NUMBERS:%=trace-%): trace-%: pair-of-% build/trace
	@common/trace/lesson $(call folder,$*)

$(EXPERIMENTS:%=trace-%): trace-%: pair-of-$$(call number,$$*) build/trace
	@common/trace/lesson $(call folder,$(call number,$*)) $(call rest,$*)

$(NUMBERS:%=claims-%): claims-%: claims-of-%
	@$(call folder,$*)/claims

# A sentence, seen: make show ID=L09-07. It builds the proofs of its lesson.
show: $(if $(ID),build/show build/trace)
	+@$(if $(ID),build/show "$$ID",common/tools/front show)

# What do the sources say about lesson NN? SEED=n the same again, N=questions
$(NUMBERS:%=quiz-%): quiz-%: build/quiz
	@build/quiz $${SEED:+-s "$$SEED"} $${N:+-n "$$N"} $(call folder,$*)

#> course
# The same for another program, or on paper: LESSON=NN, FORMAT=gift, csv, anki,
# markdown or answers, N=questions
quiz-export: $(if $(LESSON),build/quiz)
	@$(if $(LESSON),build/quiz $${SEED:+-s "$$SEED"} $${N:+-n "$$N"} -x \
		$(call quoted,$(or $(FORMAT),none)) $(or $(call \
		folder,$(LESSON)),$(call quoted,$(LESSON))),common/tools/front quiz_export)

# Ten minutes before a class, from docs/demonstrations/. Also: make demo 01
demo: $(if $(DEMO_PLAYS),$(addprefix demo-,$(filter-out demo,$(MAKECMDGOALS))))
	@$(DEMO_PLAYS) common/tools/front demo
$(NUMBERS:%=demo-%): demo-%: pair-of-%
	@common/tools/demo $(patsubst lessons/%,docs/demonstrations/%.md,$(call folder,$*))
#> end

# The exercises: EX=name ONLY='id id' SEED=n PLAIN=1 FORCE=1 YES=1
check submit watch run compile here hint next list reset solution update: %: begin-%
	$(TELL)
begin-check begin-submit begin-watch: begin-%:
	$(call NOTE,$(NEED_CC) && $(MAKE_IT) course && common/course/course $*)
begin-run begin-compile: begin-%:
	$(call NOTE,$(NEED_CC) && common/course/course $*)
begin-here begin-hint begin-next begin-list begin-reset begin-solution begin-update: begin-%:
	$(call NOTE,common/course/course $*)

# What process N waits for: make why PID=N. Any program, if it does not end:
# make why CMD='cat | sort'
why: $(if $(PID)$(CMD),build/why)
	@$(if $(PID),build/why $(PID),$(if $(CMD),build/why -- sh -c "$$CMD",common/tools/front why))

# Any programs in time: make trace CMD='seq 3 | sort -r'
trace: $(if $(CMD),build/trace)
	@$(if $(CMD),build/trace sh -c "$$CMD",common/tools/front trace)

# What this system allows. It says itself what /proc lacks.
doctor: export NEED_PROC = no
doctor: build/stage
	@common/tools/front about
	@build/stage doctor

clean:
	@for d in $(LESSONS); do $(MAKE) -s -C $$d clean || exit; done
	@for f in exercises/*/*/*.c; do rm -f "$${f%.c}" || exit; done
	@for f in common/by-hand/*.c; do name=$${f##*/}; \
		rm -f exercises/*/*/"$${name%.c}" || exit; done
	rm -rf build

# The IPC objects that this course left, and no others
clean-ipc: build/stage
	@build/stage clean $(FOLDERS)

# -------------------------------------------------------------- the reader

claims: all-claims
	@common/tools/front claims $(CLAIMS)
#> course
	@common/t/ledger.sh --count
#> end

# QUICK=1 for a first look, ONLY=pipe,fifo for some, taskset for other CPUs.
bench: build/bench
	@build/bench $(BENCH) -o build/bench-results

bench-repeat: build/bench
	@common/bench/repeat "$${N:-10}"

compare: build/bench
	@build/bench -c

#> course
# The notes as a site: build/book/index.html. PROOFS=no: their proofs are not
# run. SOLUTIONS=1: with the solutions.
book: $(if $(filter no,$(PROOFS)),,all-claims) build/show
	@common/book/book

# The sheet of all calls for the printer: build/cheat-sheet.pdf
book-pdf: book
	@common/book/pdf

# The book in a browser. ALL=1: each page in each way; SAMPLE=n SEED=n ONLY=word
# SHOTS=folder, as common/book/t/browser.js says
test-book: book
	@common/book/t/browser.sh

# ---------------------------------------------------------- the instructor

# handout: a part of the course for students, EX='a b' OUT=folder
# grade: a class, SUBMISSIONS=folder EX='a b'
# grade-hosts: the same on other machines, HOSTS=file; or by hand: grade-split
# makes shares, SHARES=folder, and grade-join joins what comes of them.
# grade-explain: how a grade came about, ID=..., as the report says it
# gradescope, classroom50: what these platforms need, EX='a b'
# Each script names the other words that it takes.
handout grade grade-split grade-hosts grade-join grade-explain: %: begin-%
	$(TELL)
gradescope classroom50: %: begin-%
	$(TELL)
begin-grade:
	$(call NOTE,$(NEED_CC) && $(MAKE_IT) course && common/grade/grade)
begin-handout:
	$(call NOTE,common/course/handout)
begin-grade-explain:
	$(call NOTE,common/grade/explain)
begin-grade-split:
	$(call NOTE,common/grade/platform/split)
begin-grade-hosts begin-grade-join: begin-grade-%:
	$(call NOTE,$(NEED_CC) && $(MAKE_IT) course && common/grade/platform/$*)
begin-gradescope begin-classroom50: begin-%:
	$(call NOTE,common/grade/platform/pack $*)

# ---------------------------------------------------------- the maintainer

# Everything that must hold. prove is the runner; everything speaks TAP. Of the
# exercises only starters and references.
test: need-cc need-prove
	@$(MAKE) pairs course cheats all-claims build/trace build/why build/show \
		build/quiz build/inject
	@prove -j4 -e common/tools/run-test $(TESTS)

# The part of the tests that is about lesson NN, for its author
$(NUMBERS:%=test-%): test-%: pair-of-% claims-of-% need-prove
	@LESSON=$* prove -e '' $(OF_A_LESSON) $(call folder,$*)/claims

# Are the checkers right? Every answer of every exercise gets its verdict.
dev-check: course cheats need-prove
	@PART=$${PART:-all} prove -j2 -e common/course/dev-check $(EXERCISES)
	@prove -e '' common/course/dev-red

# A wrong answer as a patch: EX=name MISTAKE=name, FROM=also/x.c, WHOLE=1
wrong: course
	@common/course/wrong

# The starters, cut anew from the solutions
starters:
	@common/course/course starters

# The pictures in the notes, anew: of all lessons, or LESSON=NN
PICTURES = $(if $(LESSON),$(call folder,$(LESSON)),$(LESSONS))
timelines: $(addsuffix /pair,$(PICTURES)) build/trace
	@$(if $(PICTURES),common/trace/timelines $(PICTURES), \
		common/tools/front unknown $(call quoted,$(LESSON)))

lint:
	@common/tools/lint

memcheck: pairs all-claims
	@common/tools/front need valgrind 'apt-get install valgrind, or: make deps'
	@common/tools/memcheck $(LESSONS)

# What takes longer. Can each proof fail, does each checker see each mistake?
# LESSON=01: of the proofs of that lesson alone
mutants: build/stage build/bench
	@common/tools/mutants $(if $(LESSON),$(or $(call folder,$(LESSON)),lessons/$(LESSON)),$(LESSONS))
	@[ -n "$(LESSON)" ] || PART=mutants $(MAKE) dev-check

# Each call of each lesson fails once, each moment is interrupted once: what
# comes of it? LESSON=NN or NN-NAME one of them. It goes on where it was ended.
faults kills: build/inject
	+@common/faults/sweep $@ $(LESSON)

# The whole suite N times; the first failure ends it.
soak: need-cc
	+@common/tools/soak $${N:-50}

# A class of N whose verdicts are known; killed, and called again
grade-soak: course
	@common/grade/t/soak

# Other compilers and options here, and another system: SYSTEM=trixie
variants on-system:
	@common/tools/$@

# Install what all of these use.
deps:
	@common/tools/deps
#> end
