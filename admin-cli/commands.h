// The commands, one file a noun. Each takes the arguments from its own name on.
#ifndef CONCLAVE_ADMIN_CLI_COMMANDS_H
#define CONCLAVE_ADMIN_CLI_COMMANDS_H

#include "admin-cli/cli.h"

int cmd_token_list(struct cli *cli, int argc, char **argv);
int cmd_token_generate(struct cli *cli, int argc, char **argv);
int cmd_token_export(struct cli *cli, int argc, char **argv);
int cmd_key_make(struct cli *cli, int argc, char **argv);
int cmd_key_list(struct cli *cli, int argc, char **argv);
int cmd_key_generate(struct cli *cli, int argc, char **argv);
int cmd_key_retire(struct cli *cli, int argc, char **argv);
int cmd_key_destroy(struct cli *cli, int argc, char **argv);
int cmd_key_export(struct cli *cli, int argc, char **argv);
int cmd_policy_check(struct cli *cli, int argc, char **argv);
int cmd_policy_compile(struct cli *cli, int argc, char **argv);
int cmd_init_keys(struct cli *cli, int argc, char **argv);
int cmd_init_charter(struct cli *cli, int argc, char **argv);
int cmd_init_begin(struct cli *cli, int argc, char **argv);
int cmd_init_show(struct cli *cli, int argc, char **argv);
int cmd_init_sign(struct cli *cli, int argc, char **argv);
int cmd_init_status(struct cli *cli, int argc, char **argv);
int cmd_enrol(struct cli *cli, int argc, char **argv);
int cmd_status(struct cli *cli, int argc, char **argv);
int cmd_request_submit(struct cli *cli, int argc, char **argv);
int cmd_request_list(struct cli *cli, int argc, char **argv);
int cmd_request_show(struct cli *cli, int argc, char **argv);
int cmd_request_wait(struct cli *cli, int argc, char **argv);
int cmd_request_proof(struct cli *cli, int argc, char **argv);
int cmd_request_withdraw(struct cli *cli, int argc, char **argv);
int cmd_approve(struct cli *cli, int argc, char **argv);
int cmd_reject(struct cli *cli, int argc, char **argv);
int cmd_signature(struct cli *cli, int argc, char **argv);
int cmd_canonical(struct cli *cli, int argc, char **argv);
int cmd_rules(struct cli *cli, int argc, char **argv);
int cmd_attach(struct cli *cli, int argc, char **argv);
int cmd_log_list(struct cli *cli, int argc, char **argv);
int cmd_log_show(struct cli *cli, int argc, char **argv);
int cmd_log_verify(struct cli *cli, int argc, char **argv);
int cmd_log_prove(struct cli *cli, int argc, char **argv);
int cmd_log_check(struct cli *cli, int argc, char **argv);
int cmd_charter_show(struct cli *cli, int argc, char **argv);
int cmd_charter_diff(struct cli *cli, int argc, char **argv);
int cmd_charter_draft(struct cli *cli, int argc, char **argv);
int cmd_charter_prove(struct cli *cli, int argc, char **argv);
int cmd_charter_propose(struct cli *cli, int argc, char **argv);
int cmd_freeze(struct cli *cli, int argc, char **argv);
int cmd_freeze_list(struct cli *cli, int argc, char **argv);
int cmd_lift(struct cli *cli, int argc, char **argv);
int cmd_mandate_propose(struct cli *cli, int argc, char **argv);
int cmd_mandate_list(struct cli *cli, int argc, char **argv);
int cmd_mandate_show(struct cli *cli, int argc, char **argv);
int cmd_mandate_revoke(struct cli *cli, int argc, char **argv);
int cmd_time_state(struct cli *cli, int argc, char **argv);
int cmd_repository_import(struct cli *cli, int argc, char **argv);
int cmd_root_plan(struct cli *cli, int argc, char **argv);
int cmd_root_review(struct cli *cli, int argc, char **argv);
int cmd_root_sign(struct cli *cli, int argc, char **argv);
int cmd_root_apply(struct cli *cli, int argc, char **argv);
int cmd_log_export(struct cli *cli, int argc, char **argv);

#endif
