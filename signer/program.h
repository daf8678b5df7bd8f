// A program that conclaved starts. Its file is opened once, hashed, and run from that very
// descriptor: whatever is put in its place meanwhile, what the start record names is what runs (R17).
// So a program is an ELF file; an interpreter would open its script again, by name.
#ifndef CONCLAVE_SIGNER_PROGRAM_H
#define CONCLAVE_SIGNER_PROGRAM_H

#include "proto/record.h"
#include "proto/refusal.h"

// A room with sanitizers and everything a debugger wants to know has 10 MiB.
enum { PROGRAM_MOST = 64 * 1024 * 1024 };

struct program_file {
    int descriptor;    // close-on-exec; -1: closed
    struct program is; // as the start record has it
};

// Opens and hashes FOLDER/NAME. ERR_REFUSED with a sentence, and ERR_MEMORY; nothing is open then.
enum err must_check program_open(
    struct program_file *file, const char *folder, const char *name, struct refusal *why);
// The same for the file that this process was started from, wherever it is by now. Leaves nothing
// open.
enum err must_check program_open_self(
    struct program_file *file, const char *name, struct refusal *why);
// Opens a closed one again, to start it a second time. ERR_REFUSED too when it is no longer the
// program that was recorded.
enum err must_check program_open_again(
    struct program_file *file, const char *folder, struct refusal *why);
void program_close(struct program_file *file);

#endif
