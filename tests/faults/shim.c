/* Calls of the C library that fail: built as a shared library and put in front of it with LD_PRELOAD.

   After arm(), each call that touches a file below a folder is counted. The call of the number `target` fails: with the
   errno `kind`, or half of its bytes are written or read (SHORT), or the process is killed by it (KILL; a write has then
   written half), or killed with all bytes dropped that no fsync has made durable (DROP). With `room`, files have so many
   bytes of room in all, and every write beyond fails with ENOSPC. */
#define _GNU_SOURCE
#include <dirent.h>
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <unistd.h>

enum { SHORT = -1, KILL = -2, DROP = -3, MOST = 256 };

struct page { long seen; char name[32]; };  /* shared with the process that forked this one */
static struct page *page;
static int armed, kind;
static long target, room = -1;
static char folder[4096];
static struct { dev_t dev; ino_t ino; int fd; off_t synced; } unsynced[MOST];
static int many;

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

__attribute__((constructor)) static void begin(void) {
    page = mmap(NULL, sizeof *page, PROT_READ | PROT_WRITE, MAP_SHARED | MAP_ANONYMOUS, -1, 0);
}

void rnncli_arm(const char *below, long number, int how, long bytes) {
    strncpy(folder, below, sizeof folder - 1);
    memset(page, 0, sizeof *page);
    target = number, kind = how, room = bytes, armed = 1;
}

long rnncli_seen(void) { return page->seen; }
const char *rnncli_name(void) { return page->name; }

static int below(const char *path) { return path && !strncmp(path, folder, strlen(folder)); }

static int of_fd(int fd) {
    char link[64], path[4096];
    snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
    ssize_t size = readlink(link, path, sizeof path - 1);
    if (size < 0) return 0;
    path[size] = 0;
    return below(path);
}

static int of_path(int fd, const char *path) {
    if (!path) return 0;
    if (!*path || (path[0] != '/' && fd != AT_FDCWD)) return of_fd(fd);
    return path[0] != '/' || below(path);
}

static void die(void) {
    if (kind == DROP)
        for (int k = 0; k < many; k++)
            if (unsynced[k].fd >= 0 && REAL(ftruncate)(unsynced[k].fd, unsynced[k].synced)) { }
    kill(getpid(), SIGKILL);
    for (;;) pause();
}

/* Whether this call is to fail; touches: it concerns our folder; partial: it can be done by half. */
static int strikes(const char *name, int touches, int partial) {
    if (!armed || !touches) return 0;
    if (__sync_add_and_fetch(&page->seen, 1) != target) return 0;
    strncpy(page->name, name, sizeof page->name - 1);
    if (kind == KILL || kind == DROP) { if (partial) return SHORT; die(); }
    if (kind == SHORT) return partial ? SHORT : 0;
    errno = kind;
    return 1;
}

static void written(int fd) {  /* remember how long the file was before bytes that are not durable */
    struct stat found;
    int saved = errno;
    if (!armed || !of_fd(fd) || REAL(fstat)(fd, &found) || !S_ISREG(found.st_mode)) { errno = saved; return; }
    errno = saved;
    for (int k = 0; k < many; k++)
        if (unsynced[k].fd >= 0 && unsynced[k].dev == found.st_dev && unsynced[k].ino == found.st_ino) return;
    int kept = many < MOST ? fcntl(fd, F_DUPFD_CLOEXEC, 100) : -1;
    if (kept >= 0)
        unsynced[many].dev = found.st_dev, unsynced[many].ino = found.st_ino,
        unsynced[many].synced = found.st_size, unsynced[many++].fd = kept;
    errno = saved;
}

static void durable(int fd) {
    struct stat found;
    if (!armed || REAL(fstat)(fd, &found)) return;
    for (int k = 0; k < many; k++)
        if (unsynced[k].fd >= 0 && unsynced[k].dev == found.st_dev && unsynced[k].ino == found.st_ino)
            REAL(close)(unsynced[k].fd), unsynced[k].fd = -1;
}

static int full(size_t size) {
    if (!armed || room < 0) return 0;
    if ((long)size > room) { errno = ENOSPC; return 1; }
    room -= size;
    return 0;
}

#define OPEN(NAME)                                                                     \
    int NAME(const char *path, int flags, ...) {                                       \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        return strikes("open", of_path(AT_FDCWD, path), 0) ? -1 : REAL(NAME)(path, flags, mode); }
OPEN(open)
OPEN(open64)
#define OPENAT(NAME)                                                                   \
    int NAME(int fd, const char *path, int flags, ...) {                               \
        va_list more; va_start(more, flags); mode_t mode = va_arg(more, mode_t); va_end(more); \
        return strikes("open", of_path(fd, path), 0) ? -1 : REAL(NAME)(fd, path, flags, mode); }
OPENAT(openat)
OPENAT(openat64)

ssize_t read(int fd, void *to, size_t size) {
    int how = armed ? strikes("read", of_fd(fd), 1) : 0;
    if (how > 0) return -1;
    if (how && kind != SHORT) die();
    return REAL(read)(fd, to, how && size > 1 ? size / 2 : size);
}
ssize_t write(int fd, const void *from, size_t size) {
    int ours = armed && of_fd(fd), how = ours ? strikes("write", 1, 1) : 0;
    if (how > 0 || (ours && full(size))) return -1;
    if (ours) written(fd);
    ssize_t done = REAL(write)(fd, from, how && size > 1 ? size / 2 : size);
    if (how && kind != SHORT) die();
    return done;
}
int close(int fd) {
    int fails = armed && strikes("close", of_fd(fd), 0), saved = errno, done = REAL(close)(fd);
    if (fails) errno = saved;
    return fails ? -1 : done;
}
ssize_t pread64(int fd, void *to, size_t size, off64_t from) {
    int how = armed ? strikes("read", of_fd(fd), 1) : 0;
    if (how > 0) return -1;
    if (how && kind != SHORT) die();
    return REAL(pread64)(fd, to, how && size > 1 ? size / 2 : size, from);
}
#define SYNC(NAME)                                                                     \
    int NAME(int fd) {                                                                 \
        if (armed && strikes("fsync", of_fd(fd), 0)) return -1;                        \
        durable(fd);                                                                   \
        return REAL(NAME)(fd); }
SYNC(fsync)
SYNC(fdatasync)

#define FD(RESULT, FAILS, NAME, SHOWN, PARAMETERS, ARGUMENTS)                          \
    RESULT NAME PARAMETERS { return armed && strikes(SHOWN, of_fd(fd), 0) ? FAILS : REAL(NAME) ARGUMENTS; }
FD(int, -1, ftruncate, "ftruncate", (int fd, off_t size), (fd, size))
FD(int, -1, ftruncate64, "ftruncate", (int fd, off64_t size), (fd, size))
FD(off_t, -1, lseek, "lseek", (int fd, off_t to, int from), (fd, to, from))
FD(off64_t, -1, lseek64, "lseek", (int fd, off64_t to, int from), (fd, to, from))
FD(int, -1, fstat, "fstat", (int fd, struct stat *to), (fd, to))
FD(int, -1, fstat64, "fstat", (int fd, struct stat64 *to), (fd, to))
FD(int, -1, flock, "flock", (int fd, int how), (fd, how))
FD(DIR *, NULL, fdopendir, "opendir", (int fd), (fd))

#define PATH(RESULT, FAILS, NAME, SHOWN, PARAMETERS, ARGUMENTS)                        \
    RESULT NAME PARAMETERS {                                                           \
        return armed && strikes(SHOWN, of_path(AT_FDCWD, path), 0) ? FAILS : REAL(NAME) ARGUMENTS; }
PATH(int, -1, stat, "stat", (const char *path, struct stat *to), (path, to))
PATH(int, -1, stat64, "stat", (const char *path, struct stat64 *to), (path, to))
PATH(int, -1, lstat, "lstat", (const char *path, struct stat *to), (path, to))
PATH(int, -1, lstat64, "lstat", (const char *path, struct stat64 *to), (path, to))
int fstatat64(int fd, const char *path, struct stat64 *to, int flags) {
    return armed && strikes("stat", of_path(fd, path), 0) ? -1 : REAL(fstatat64)(fd, path, to, flags);
}
int unlinkat(int fd, const char *path, int flags) {
    return armed && strikes("unlink", of_path(fd, path), 0) ? -1 : REAL(unlinkat)(fd, path, flags);
}
PATH(int, -1, statvfs64, "statvfs", (const char *path, struct statvfs64 *to), (path, to))
PATH(int, -1, rename, "rename", (const char *path, const char *to), (path, to))
PATH(int, -1, unlink, "unlink", (const char *path), (path))
PATH(int, -1, rmdir, "rmdir", (const char *path), (path))
PATH(int, -1, mkdir, "mkdir", (const char *path, mode_t mode), (path, mode))
PATH(int, -1, chmod, "chmod", (const char *path, mode_t mode), (path, mode))
PATH(DIR *, NULL, opendir, "opendir", (const char *path), (path))

struct dirent *readdir(DIR *from) {
    return armed && strikes("readdir", of_fd(dirfd(from)), 0) ? NULL : REAL(readdir)(from);
}
struct dirent64 *readdir64(DIR *from) {
    return armed && strikes("readdir", of_fd(dirfd(from)), 0) ? NULL : REAL(readdir64)(from);
}
void *mmap(void *at, size_t size, int how, int flags, int fd, off_t from) {
    if (armed && fd >= 0 && strikes("mmap", of_fd(fd), 0)) return MAP_FAILED;
    return REAL(mmap)(at, size, how, flags, fd, from);
}
void *mmap64(void *at, size_t size, int how, int flags, int fd, off64_t from) {
    if (armed && fd >= 0 && strikes("mmap", of_fd(fd), 0)) return MAP_FAILED;
    return REAL(mmap64)(at, size, how, flags, fd, from);
}
