// What a process in a sandbox may try, each a function that says whether it went well.
#ifndef CONCLAVE_TESTS_UNIT_ATTEMPTS_H
#define CONCLAVE_TESTS_UNIT_ATTEMPTS_H

#include <stdbool.h>
#include <sys/types.h>

// What there is before the door is closed.
struct world {
    char folder[64];
    char inside[96];
    char outside[96];
    int pair[2];
    int listener;
    char address[108];
    pid_t parent;
};
extern struct world world;

typedef bool attempt(void);

attempt open_outside;
attempt open_passwd;
attempt make_outside;
attempt move_outside;
attempt link_outside;
attempt new_unix_socket;
attempt new_inet_socket;
attempt connect_somewhere;
attempt bind_somewhere;
attempt send_to_address;
attempt run_program;
attempt new_process;
attempt new_process_fork;
attempt trace_parent;
attempt let_be_traced;
attempt signal_parent;
attempt signal_other_thread;
attempt map_executable;
attempt turn_executable;
attempt become_dumpable;
attempt become_another;
attempt mount_something;
attempt use_io_uring;
attempt load_bpf;
attempt read_parent_memory;
attempt take_fd_of_parent;
attempt accept_client;
attempt list_folder;
attempt stat_path;
attempt change_owner;
attempt talk;
attempt pass_descriptor;
attempt live;
attempt hash_and_verify;
attempt write_date;
attempt serve_client;
attempt keep_file;
attempt keep_folder;

#endif
