/*
 * fail-io.so, to be preloaded: has calls that write to or flush data.mdb fail, as a disk that breaks, fills or hangs does.
 *
 *   FAIL_IO_AT=N     the first that fails, counted from 1; without it none does
 *   FAIL_IO_ALWAYS   set: every later one fails too
 *   FAIL_IO_AS       EIO, ENOSPC, EDQUOT, short (half of the bytes are written; a flush fails with EIO) or hang
 *   FAIL_IO_CALLS    all, or flushes: those that are counted
 *   FAIL_IO_TOLD     a file that is told "NUMBER CALL MILLISECONDS-OF-THE-EPOCH" of each that fails
 */
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/uio.h>
#include <time.h>
#include <unistd.h>

#define HANG_SECONDS 60

enum failure { NONE, FAIL, SHORT };

static int io_count;

static int is_data_file(int fd) {
  char link[64], path[4096];
  snprintf(link, sizeof link, "/proc/self/fd/%d", fd);
  ssize_t length = readlink(link, path, sizeof path - 1);
  if (length < 0) return 0;
  path[length] = 0;
  return strstr(path, "/data.mdb") != NULL;
}

static void tell(int number, const char *call) {
  const char *path = getenv("FAIL_IO_TOLD");
  if (path == NULL) return;
  int fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fd < 0) return;
  struct timespec now;
  clock_gettime(CLOCK_REALTIME, &now);
  dprintf(fd, "%d %s %lld\n", number, call, now.tv_sec * 1000LL + now.tv_nsec / 1000000);
  close(fd);
}

static enum failure failure_of(int fd, const char *call, int is_flush) {
  const char *at = getenv("FAIL_IO_AT"), *as = getenv("FAIL_IO_AS"), *calls = getenv("FAIL_IO_CALLS");
  if (at == NULL || as == NULL || !is_data_file(fd)) return NONE;
  if (calls != NULL && strcmp(calls, "flushes") == 0 && !is_flush) return NONE;
  int number = __sync_add_and_fetch(&io_count, 1);
  if (number < atoi(at) || (number > atoi(at) && getenv("FAIL_IO_ALWAYS") == NULL)) return NONE;
  tell(number, call);
  if (strcmp(as, "hang") == 0) {
    sleep(HANG_SECONDS);
    return NONE;
  }
  if (strcmp(as, "short") == 0 && !is_flush) return SHORT;
  errno = strcmp(as, "ENOSPC") == 0 ? ENOSPC : strcmp(as, "EDQUOT") == 0 ? EDQUOT : EIO;
  return FAIL;
}

#define REAL(name) ((__typeof__(&name))dlsym(RTLD_NEXT, #name))

int fdatasync(int fd) { return failure_of(fd, "fdatasync", 1) == FAIL ? -1 : REAL(fdatasync)(fd); }

int fsync(int fd) { return failure_of(fd, "fsync", 1) == FAIL ? -1 : REAL(fsync)(fd); }

ssize_t pwrite64(int fd, const void *bytes, size_t length, off64_t offset) {
  enum failure failure = failure_of(fd, "pwrite64", 0);
  if (failure == FAIL) return -1;
  return REAL(pwrite64)(fd, bytes, failure == SHORT ? length / 2 : length, offset);
}

ssize_t writev(int fd, const struct iovec *parts, int count) {
  enum failure failure = failure_of(fd, "writev", 0);
  if (failure == FAIL) return -1;
  return REAL(writev)(fd, parts, failure == SHORT && count > 1 ? count / 2 : count);
}
