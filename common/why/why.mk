# why.mk - how why is compiled: for its own Makefile, and for that of stage,
# which has its objects in libstage.a. WHY is the way here, as PARENT and BUILD
# in build.mk.
WHY_PARTS   = vfork outside frozen running print circle follow look calls watch lock disk open fd futex mutex sysv posix child children signal sigset sleep \
	      pipe socket event terminal maps ns limit wait seen task refuse copy holders peer unix inet diag \
	      proc words output numbers
WHY_OBJECTS = $(WHY_PARTS:%=$(BUILD)/why-%.o)
WHY_HEADERS = $(WHY)/why.h $(WHY)/inside.h $(WHY)/proc.h $(WHY)/words.h $(WHY)/output.h

$(BUILD)/why-%.o: $(WHY)/%.c $(WHY_HEADERS) $(PARENT)/experiment.h $(PARENT)/lesson.h
	@$(PARENT)/tools/need-cc $(PARENT)/.. $@
	@mkdir -p $(BUILD)
	@$(CC) $(WARN) $(TOOL_CFLAGS) -c -o $@ $<

# The names of the system calls: the compiler's headers know them. Made first,
# since it says in one line if there are none.
$(BUILD)/why-numbers.c: $(WHY)/list-calls
	@$(PARENT)/tools/need-cc $(PARENT)/.. $@
	@mkdir -p $(BUILD)
	@$(WHY)/list-calls $(CC) $(CPPFLAGS) $(TOOL_CFLAGS) > $@.$$$$ && mv $@.$$$$ $@ || \
	    { rm -f $@.$$$$; exit 1; }

$(BUILD)/why-numbers.o: $(BUILD)/why-numbers.c $(WHY_HEADERS)
	@$(CC) $(WARN) $(TOOL_CFLAGS) -I $(WHY) -c -o $@ $<

$(WHY_OBJECTS): | $(BUILD)/why-numbers.c
