#include "signer/corridor/room.h"

#include <stdio.h>
#include <string.h>

// The longest path of the system, and what /proc/PID/maps writes before it.
enum { MAP_LINE = 4096 + 128 };

// The name behind the last slash, when the mapping is of a shared object.
static const char *library_of(char *line)
{
    line[strcspn(line, "\n")] = 0;
    char *slash = strrchr(line, '/');
    return slash != NULL && strstr(slash, ".so") != NULL ? slash + 1 : NULL;
}

// A library's mappings stand together, so the last name is the only one that can come again.
static void add_library(struct bytes *names, const char *name)
{
    size_t size = strlen(name);
    struct span all = bytes_span(names);
    if (all.size > size && all.data[all.size - size - 1] == ' ' &&
        memcmp(all.data + all.size - size, name, size) == 0)
        return;
    bytes_add_u8(names, ' ');
    bytes_add_text(names, name);
}

void room_list_libraries(const struct room *room)
{
    (void)room;
    char line[MAP_LINE];
    struct bytes names;
    bytes_init(&names, LIMIT_RECORD);
    FILE *maps = fopen("/proc/self/maps", "re");
    if (maps == NULL)
        log_halt(EXIT_HALT, "cannot read /proc/self/maps: mount /proc for the rooms");
    while (fgets(line, sizeof line, maps) != NULL) {
        const char *name = library_of(line);
        if (name != NULL)
            add_library(&names, name);
    }
    fclose(maps);
    if (bytes_finish(&names) == OK)
        log_info("libraries:%.*s", (int)names.size, names.size > 0 ? (char *)names.data : "");
    bytes_clear(&names);
}
