#include "signer/base/key_form.h"

#include <openssl/bn.h>
#include <openssl/core_names.h>
#include <openssl/param_build.h>
#include <openssl/rsa.h>
#include <string.h>

enum {
    // SP 800-89 asks for no factor below 752; the first prime above is 757.
    FACTOR_BOUND = 752,
    // The weak keys are recognised by the primes up to this one; a sound modulus passes for one of
    // them once in 2^27 (Nemec and others, CCS 2017, section 2.3).
    WEAK_BOUND = 168,
};

// No odd number below the bound divides it. Many are tried by one long division: their product
// has the same remainders. That 9 is tried after 3 costs less than a table of primes.
static bool has_small_factor(const BIGNUM *modulus)
{
    for (BN_ULONG odd = 3; odd < FACTOR_BOUND;) {
        BN_ULONG first = odd, product = 1;
        for (; odd < FACTOR_BOUND && product <= (BN_ULONG)-1 / FACTOR_BOUND; odd += 2)
            product *= odd;
        BN_ULONG rest = BN_mod_word(modulus, product);
        for (BN_ULONG i = first; i < odd; i += 2)
            if (rest % i == 0)
                return true;
    }
    return false;
}

static bool is_prime(unsigned odd)
{
    for (unsigned i = 3; i * i <= odd; i += 2)
        if (odd % i == 0)
            return false;
    return true;
}

// Whether `rest` is a power of 65537 modulo this prime.
static bool is_power(unsigned rest, unsigned prime)
{
    unsigned step = 65537 % prime, power = 1;
    do {
        if (power == rest)
            return true;
        power = power * step % prime;
    } while (power != 1);
    return false;
}

// That generator chose p and q among the powers of 65537 modulo the product of the first primes;
// so the modulus is a power of it modulo each of them.
static bool is_of_the_weak_form(const BIGNUM *modulus)
{
    for (unsigned prime = 3; prime < WEAK_BOUND; prime += 2)
        if (is_prime(prime) && !is_power((unsigned)BN_mod_word(modulus, prime), prime))
            return false;
    return true;
}

bool key_rsa_acceptable(struct span modulus)
{
    if ((modulus.data[0] & 0x80) == 0 || (modulus.data[modulus.size - 1] & 1) == 0)
        return false;
    BIGNUM *n = BN_bin2bn(modulus.data, (int)modulus.size, NULL);
    bool good = n != NULL && !has_small_factor(n) && !is_of_the_weak_form(n);
    BN_free(n);
    return good;
}

EVP_PKEY *key_rsa_open(struct span modulus)
{
    EVP_PKEY *pkey = NULL;
    OSSL_PARAM *parts = NULL;
    BIGNUM *n = BN_bin2bn(modulus.data, (int)modulus.size, NULL);
    OSSL_PARAM_BLD *build = OSSL_PARAM_BLD_new();
    EVP_PKEY_CTX *ctx = EVP_PKEY_CTX_new_from_name(NULL, "RSA", NULL);
    if (n != NULL && build != NULL &&
        OSSL_PARAM_BLD_push_BN(build, OSSL_PKEY_PARAM_RSA_N, n) == 1 &&
        OSSL_PARAM_BLD_push_ulong(build, OSSL_PKEY_PARAM_RSA_E, RSA_F4) == 1)
        parts = OSSL_PARAM_BLD_to_param(build);
    if (ctx == NULL || parts == NULL || EVP_PKEY_fromdata_init(ctx) != 1 ||
        EVP_PKEY_fromdata(ctx, &pkey, EVP_PKEY_PUBLIC_KEY, parts) != 1)
        pkey = NULL;
    EVP_PKEY_CTX_free(ctx);
    OSSL_PARAM_free(parts);
    OSSL_PARAM_BLD_free(build);
    BN_free(n);
    return pkey;
}

bool key_rsa_claims(struct span spki)
{
    // AlgorithmIdentifier of rsaEncryption with its NULL (RFC 3279 section 2.3.1).
    static const uint8_t algorithm[] = {0x30, 0x0d, 0x06, 0x09, 0x2a, 0x86, 0x48, 0x86, 0xf7,
        0x0d, 0x01, 0x01, 0x01, 0x05, 0x00};
    // It stands behind the outer SEQUENCE, whose length takes one to three bytes.
    for (size_t at = 2; at <= 4 && spki.size >= at + sizeof algorithm; at++)
        if (memcmp(spki.data + at, algorithm, sizeof algorithm) == 0)
            return true;
    return false;
}
