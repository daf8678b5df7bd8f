// What conclaved tells the service manager that started it (sd_notify(3)): that it serves, what it
// is doing meanwhile, and that it stops. Without one (NOTIFY_SOCKET is not set) nothing is told to
// anybody. The rooms are given no such variable, so nobody speaks for conclaved.
#ifndef CONCLAVE_SIGNER_NOTIFY_H
#define CONCLAVE_SIGNER_NOTIFY_H

// What it is doing before it serves, as `systemctl status` shows it.
void notify_status(const char *format, ...) __attribute__((format(printf, 1, 2)));
// All rooms are ready. Once.
void notify_ready(const char *sentence);
// It has begun to stop, and why. Once.
void notify_stopping(const char *sentence);

#endif
