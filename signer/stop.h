// How the house stops. Part of the parent.
#ifndef CONCLAVE_SIGNER_STOP_H
#define CONCLAVE_SIGNER_STOP_H

#include "signer/parent.h"

// Ends every room that runs, from the clients inwards: first the gate, so that nothing new is asked.
// A house that serves, and that did not fail, has its stop recorded next: the keeper is told so
// (ROOM_STOP) and ends by itself, with ledger and vault still there, within STOP_RECORD_MS.
void stop_all(struct parent *parent);

#endif
