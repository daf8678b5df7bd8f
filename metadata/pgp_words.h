// The PGP word list: a word for each byte, so that people compare a hash by voice. Words of two
// syllables stand for bytes at even places and words of three for bytes at odd ones: a word that is
// left out, said twice or exchanged with its neighbour is heard. (P. Juola and P. Zimmermann,
// "Whole-Word Phonetic Distances and the PGPfone Alphabet", 1996.)
#ifndef CONCLAVE_METADATA_PGP_WORDS_H
#define CONCLAVE_METADATA_PGP_WORDS_H

#include <stddef.h>
#include <stdint.h>

enum { PGP_WORD_MOST = 11 }; // letters of the longest word

// The word of a byte that stands at this place, from 0.
const char *pgp_word(size_t place, uint8_t byte);

#endif
