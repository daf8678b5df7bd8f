#include "signer/base/rsa.h"

#include <openssl/evp.h>
#include <openssl/rsa.h>
#include <openssl/x509.h>

static EVP_PKEY *open_spki(struct span spki)
{
    const uint8_t *at = spki.data;
    EVP_PKEY *pkey = d2i_PUBKEY(NULL, &at, (long)spki.size);
    if (pkey != NULL &&
        (at != spki.data + spki.size || EVP_PKEY_get_base_id(pkey) != EVP_PKEY_RSA)) {
        EVP_PKEY_free(pkey);
        return NULL;
    }
    return pkey;
}

static enum err verify_with(EVP_PKEY *pkey, struct span message, struct span signature)
{
    EVP_PKEY_CTX *scheme = NULL;
    EVP_MD_CTX *ctx = EVP_MD_CTX_new();
    if (ctx == NULL)
        return ERR_MEMORY;
    enum err err = ERR_CRYPTO;
    if (EVP_DigestVerifyInit_ex(ctx, &scheme, "SHA256", NULL, NULL, pkey, NULL) == 1 &&
        EVP_PKEY_CTX_set_rsa_padding(scheme, RSA_PKCS1_PSS_PADDING) == 1 &&
        EVP_PKEY_CTX_set_rsa_pss_saltlen(scheme, RSA_PSS_SALTLEN_DIGEST) == 1)
        err = EVP_DigestVerify(
                  ctx, signature.data, signature.size, message.data, message.size) == 1
                  ? OK
                  : ERR_SIGNATURE;
    EVP_MD_CTX_free(ctx);
    return err;
}

enum err rsa_verify(struct span spki, struct span message, struct span signature)
{
    EVP_PKEY *pkey = open_spki(spki);
    if (pkey == NULL)
        return ERR_KEY;
    enum err err = verify_with(pkey, message, signature);
    EVP_PKEY_free(pkey);
    return err;
}
