/*
 * Records the changes of a process to the files of one folder, so that a test can compute what a disk may contain after a power cut.
 *
 * Preloaded (LD_PRELOAD) into the process. Each call that changes a file or a name below DISK_RECORDER_FOLDER is executed and then
 * appended to DISK_RECORDER_JOURNAL, both under one lock, so that the journal has the order of the calls. An fsync is recorded
 * before it returns, so everything that is acknowledged afterwards is in the journal.
 *
 * One entry: kind (1 byte), length of the path (2), path, position (8), length of the data (8), data; little-endian. SQLite's
 * shared memory (-shm) and the lock files are not recorded, since they are not read after a power cut.
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

#define FILES_MAX 65536
#define BEGIN(result, name, ...)                                                                                               \
    static result (*next)(__VA_ARGS__);                                                                                        \
    if (!next) next = (result(*)(__VA_ARGS__))dlsym(RTLD_NEXT, name)

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char *paths[FILES_MAX]; /* of recorded open files, by descriptor */

static int ends(const char *path, const char *end) {
    size_t length = strlen(path), tail = strlen(end);
    return length >= tail && strcmp(path + length - tail, end) == 0;
}

static int recorded(const char *path) {
    static const char *folder;
    if (!folder) folder = getenv("DISK_RECORDER_FOLDER");
    if (!folder || !path) return 0;
    size_t length = strlen(folder);
    return strncmp(path, folder, length) == 0 && (path[length] == '/' || path[length] == 0) && !ends(path, "-shm") &&
           !ends(path, "-lock");
}

static const char *path_of(int file) { return file >= 0 && file < FILES_MAX ? paths[file] : NULL; }

static void append(char kind, const char *path, int64_t position, const void *data, int64_t length) {
    static int journal = -1;
    if (journal < 0)
        journal = (int)syscall(SYS_openat, AT_FDCWD, getenv("DISK_RECORDER_JOURNAL"),
                               O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
    uint16_t path_length = (uint16_t)strlen(path);
    struct iovec parts[] = {{&kind, 1},     {&path_length, 2}, {(void *)path, path_length},
                            {&position, 8}, {&length, 8},      {(void *)data, (size_t)length}};
    if (syscall(SYS_writev, journal, parts, 6) != (ssize_t)(19 + path_length + length)) abort();
}

static int open_any(const char *path, int flags, mode_t mode) {
    BEGIN(int, "open64", const char *, int, ...);
    if (!recorded(path)) return next(path, flags, mode);
    pthread_mutex_lock(&lock);
    int existed = access(path, F_OK) == 0;
    int file = next(path, flags, mode);
    if (file >= 0 && file < FILES_MAX) {
        paths[file] = strdup(path);
        if (!existed) append('c', path, 0, NULL, 0);
        else if (flags & O_TRUNC) append('t', path, 0, NULL, 0);
    }
    pthread_mutex_unlock(&lock);
    return file;
}

static mode_t mode_of(int flags, va_list rest) { return flags & (O_CREAT | O_TMPFILE) ? va_arg(rest, mode_t) : 0; }

int open64(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return open_any(path, flags, mode);
}

int open(const char *path, int flags, ...) {
    va_list rest;
    va_start(rest, flags);
    mode_t mode = mode_of(flags, rest);
    va_end(rest);
    return open_any(path, flags, mode);
}

int close(int file) {
    BEGIN(int, "close", int);
    if (!path_of(file)) return next(file);
    pthread_mutex_lock(&lock);
    free(paths[file]);
    paths[file] = NULL;
    int result = next(file);
    pthread_mutex_unlock(&lock);
    return result;
}

ssize_t pwrite64(int file, const void *data, size_t length, off64_t position) {
    BEGIN(ssize_t, "pwrite64", int, const void *, size_t, off64_t);
    if (!path_of(file)) return next(file, data, length, position);
    pthread_mutex_lock(&lock);
    ssize_t written = next(file, data, length, position);
    if (written > 0) append('w', path_of(file), position, data, written);
    pthread_mutex_unlock(&lock);
    return written;
}

ssize_t write(int file, const void *data, size_t length) {
    BEGIN(ssize_t, "write", int, const void *, size_t);
    if (!path_of(file)) return next(file, data, length);
    pthread_mutex_lock(&lock);
    ssize_t written = next(file, data, length);
    if (written > 0) append('w', path_of(file), lseek(file, 0, SEEK_CUR) - written, data, written);
    pthread_mutex_unlock(&lock);
    return written;
}

int ftruncate64(int file, off64_t length) {
    BEGIN(int, "ftruncate64", int, off64_t);
    if (!path_of(file)) return next(file, length);
    pthread_mutex_lock(&lock);
    int result = next(file, length);
    if (result == 0) append('t', path_of(file), length, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}

static int synced(int file, int (*next)(int)) {
    if (!path_of(file)) return next(file);
    pthread_mutex_lock(&lock);
    int result = next(file);
    if (result == 0) append('s', path_of(file), 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int fsync(int file) {
    BEGIN(int, "fsync", int);
    return synced(file, next);
}

int fdatasync(int file) {
    BEGIN(int, "fdatasync", int);
    return synced(file, next);
}

int unlink(const char *path) {
    BEGIN(int, "unlink", const char *);
    if (!recorded(path)) return next(path);
    pthread_mutex_lock(&lock);
    int result = next(path);
    if (result == 0) append('u', path, 0, NULL, 0);
    pthread_mutex_unlock(&lock);
    return result;
}

int rename(const char *from, const char *to) {
    BEGIN(int, "rename", const char *, const char *);
    if (!recorded(from) && !recorded(to)) return next(from, to);
    pthread_mutex_lock(&lock);
    int result = next(from, to);
    if (result == 0) append('r', from, 0, to, (int64_t)strlen(to));
    pthread_mutex_unlock(&lock);
    return result;
}
