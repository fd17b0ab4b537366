/*
 * kill-at-change.so, to be preloaded: counts the changes that a process and those that it starts make to what is in one
 * folder (files made, written, flushed, renamed, linked, removed), and kills them right before one of them.
 *
 *   KILL_UNDER       the folder, absolute
 *   KILL_COUNT       a file of 8 bytes, which all of them count in
 *   KILL_AT          which change, counted from 1; 0 kills nobody
 *   KILL_ALL         1 to kill the first process too where it is one that it started, 0 to kill that one alone
 */
#undef _FILE_OFFSET_BITS /* both names of each call are to be caught */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <limits.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

#define FIRST_PID "KILL_FIRST_PID"
#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

static volatile long *count;

/* The first process leaves its number to those that it starts. */
__attribute__((constructor)) static void begin(void) {
  char pid[16];
  snprintf(pid, sizeof pid, "%d", getpid());
  setenv(FIRST_PID, pid, 0);
  const char *path = getenv("KILL_COUNT");
  int fd = path == NULL ? -1 : REAL(open)(path, O_RDWR);
  if (fd < 0) return;
  void *mapped = mmap(NULL, sizeof(long), PROT_READ | PROT_WRITE, MAP_SHARED, fd, 0);
  close(fd);
  if (mapped != MAP_FAILED) count = mapped;
}

static void die(void) {
  const char *first = getenv(FIRST_PID), *all = getenv("KILL_ALL");
  if (first != NULL && all != NULL && atoi(all) == 1 && atoi(first) != getpid()) kill(atoi(first), SIGKILL);
  kill(getpid(), SIGKILL);
}

static void change(const char *path) {
  const char *under = getenv("KILL_UNDER"), *at = getenv("KILL_AT");
  if (count == NULL || under == NULL || strncmp(path, under, strlen(under)) != 0) return;
  if (__sync_add_and_fetch(count, 1) == (at == NULL ? 0 : atol(at))) die();
}

static void change_at(int fd) {
  char link[64], path[PATH_MAX];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return;
  path[length] = 0;
  change(path);
}

#define OPEN(name)                                              \
  int name(const char *path, int flags, ...) {                  \
    va_list rest;                                               \
    va_start(rest, flags);                                      \
    mode_t mode = flags & O_CREAT ? va_arg(rest, mode_t) : 0;   \
    va_end(rest);                                               \
    if (flags & O_CREAT) change(path);                          \
    return REAL(name)(path, flags, mode);                       \
  }
OPEN(open)
OPEN(open64)

#define ON_PATH(name, types, names)       \
  int name types {                        \
    change(path);                         \
    return REAL(name) names;              \
  }
ON_PATH(mkdir, (const char *path, mode_t mode), (path, mode))
ON_PATH(rmdir, (const char *path), (path))
ON_PATH(unlink, (const char *path), (path))
ON_PATH(chmod, (const char *path, mode_t mode), (path, mode))
ON_PATH(rename, (const char *path, const char *to), (path, to))
ON_PATH(link, (const char *path, const char *to), (path, to))

#define ON_FILE(result, name, types, names) \
  result name types {                       \
    change_at(fd);                          \
    return REAL(name) names;                \
  }
ON_FILE(int, fsync, (int fd), (fd))
ON_FILE(int, fdatasync, (int fd), (fd))
ON_FILE(ssize_t, write, (int fd, const void *bytes, size_t length), (fd, bytes, length))
ON_FILE(ssize_t, writev, (int fd, const struct iovec *parts, int parts_count), (fd, parts, parts_count))
ON_FILE(ssize_t, pwrite64, (int fd, const void *bytes, size_t length, off64_t offset), (fd, bytes, length, offset))
ON_FILE(int, ftruncate64, (int fd, off64_t length), (fd, length))
