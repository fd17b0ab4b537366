/*
 * kill-at-io.so, to be preloaded: counts what is written to and flushed on data.mdb, and kills the process at one of them.
 *
 *   KILL_AT_IO=N       which one, counted from 1; without it nobody is killed
 *   KILL_AT_IO_WHEN    before it, in the middle of it (half of the bytes are written), or after it
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <unistd.h>

enum when { BEFORE, HALF, AFTER };

static int io_count;

static int is_data_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  const char *name = strrchr(path, '/');
  return name != NULL && strcmp(name, "/data.mdb") == 0;
}

static enum when when_to_kill(void) {
  const char *when = getenv("KILL_AT_IO_WHEN");
  if (when != NULL && strcmp(when, "half") == 0) return HALF;
  if (when != NULL && strcmp(when, "after") == 0) return AFTER;
  return BEFORE;
}

static void die(void) { kill(getpid(), SIGKILL); }

/* Whether this is the one; where it dies before it, it dies here. */
static int is_last(int fd) {
  if (!is_data_file(fd)) return 0;
  int number = __sync_add_and_fetch(&io_count, 1);
  const char *at = getenv("KILL_AT_IO");
  if (at == NULL || atoi(at) != number) return 0;
  if (when_to_kill() == BEFORE) die();
  return 1;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fdatasync(int fd) {
  int last = is_last(fd);
  if (last && when_to_kill() == HALF) die();
  int result = REAL(fdatasync)(fd);
  if (last) die();
  return result;
}

int fsync(int fd) {
  int last = is_last(fd);
  if (last && when_to_kill() == HALF) die();
  int result = REAL(fsync)(fd);
  if (last) die();
  return result;
}

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  int last = is_last(fd);
  if (last && when_to_kill() == HALF) length /= 2;
  ssize_t result = REAL(pwrite64)(fd, bytes, length, offset);
  if (last) die();
  return result;
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  int last = is_last(fd);
  if (last && when_to_kill() == HALF) count = (count + 1) / 2;
  ssize_t result = REAL(writev)(fd, parts, count);
  if (last) die();
  return result;
}

ssize_t write(int fd, const void *bytes, size_t length) {
  int last = is_last(fd);
  if (last && when_to_kill() == HALF) length /= 2;
  ssize_t result = REAL(write)(fd, bytes, length);
  if (last) die();
  return result;
}
