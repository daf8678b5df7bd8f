#include "signer/gate/line.h"

void line_push(struct line *line, struct client *client)
{
    line->at[(line->first + line->count++) % LIMIT_CLIENTS] = client;
}

struct client *line_pop(struct line *line)
{
    if (line->count == 0)
        return NULL;
    struct client *client = line->at[line->first];
    line->first = (line->first + 1) % LIMIT_CLIENTS;
    line->count--;
    return client;
}

void line_remove(struct line *line, const struct client *client)
{
    for (size_t left = line->count; left > 0; left--) {
        struct client *other = line_pop(line);
        if (other != client)
            line_push(line, other);
    }
}
