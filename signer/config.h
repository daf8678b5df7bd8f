// The configuration of an appliance: a YAML file that its keeper writes (conclaved(8)).
//
//   socket: /run/conclave/conclave.sock
//   socket-mode: "0660"                   (optional; who may connect)
//   ledger: /var/lib/conclave/ledger      (a folder)
//   token:
//     module: /usr/lib/softhsm/libsofthsm2.so
//     label: appliance
//     folder: /var/lib/conclave/tokens    (where the module keeps its files)
//     environment:                        (optional; for the vault alone)
//       - name: SOFTHSM2_CONF
//         value: /etc/conclave/softhsm2.conf
//   pin: terminal | credential | descriptor
//
// What is read is complete and checked: exactly these fields, each once, one document, no alias;
// absolute paths that fit.
#ifndef CONCLAVE_SIGNER_CONFIG_H
#define CONCLAVE_SIGNER_CONFIG_H

#include "proto/refusal.h"

#include <stddef.h>
#include <sys/types.h>

enum {
    // The file has a dozen lines; with long paths and every variable it stays below this.
    CONFIG_MOST = 64 * 1024,
    // Variables for a PKCS#11 module: the ones seen need one or two.
    CONFIG_VARIABLES = 16,
};

enum pin_source { PIN_TERMINAL = 1, PIN_CREDENTIAL, PIN_DESCRIPTOR };

struct config_variable {
    char *name;
    char *value;
};

struct config_token {
    char *module;
    char *label;
    char *folder;
    struct config_variable *environment;
    unsigned environment_count;
};

struct config {
    char *socket;
    char *socket_mode; // NULL: the default
    char *ledger;
    struct config_token token;
    enum pin_source pin;
};

// ERR_REFUSED with a sentence that names file, line and fault; ERR_MEMORY. Ends with config_free.
enum err must_check config_read(const char *path, struct config **out, struct refusal *why);
void config_free(struct config *config); // takes NULL
mode_t config_socket_mode(const struct config *config);

#endif
