/*
 * recording-disk BACKING LOG MOUNT-POINT: a file system with one file, `disk`, which is the backing file. Everything that is
 * written to it, and every flush, is put down in the log, in the order in which it came. A loop device on that file, and a
 * file system on the device, make it tell what a disk would have been told.
 *
 * A record is a letter (W or F) in 8 bytes, offset and length in 8 bytes each, little-endian, and the bytes of a write.
 * "ready" is printed once it is mounted; it runs in the foreground until it is unmounted, one request at a time.
 */
#define FUSE_USE_VERSION 31
#include <errno.h>
#include <fcntl.h>
#include <fuse3/fuse.h>
#include <stdint.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static const char *DISK = "/disk";
static int backing_fd, log_fd;

struct record {
  char kind[8];
  uint64_t offset;
  uint64_t length;
};

static int put_down(char kind, off_t offset, const char *bytes, size_t length) {
  struct record record = {{kind}, (uint64_t)offset, length};
  struct iovec parts[] = {{&record, sizeof record}, {(void *)bytes, length}};
  ssize_t wanted = (ssize_t)(sizeof record + length);
  return writev(log_fd, parts, 2) == wanted ? 0 : -EIO;
}

static int disk_getattr(const char *path, struct stat *stat, struct fuse_file_info *info) {
  (void)info;
  memset(stat, 0, sizeof *stat);
  if (strcmp(path, "/") == 0) {
    stat->st_mode = S_IFDIR | 0700;
    stat->st_nlink = 2;
    return 0;
  }
  if (strcmp(path, DISK) != 0) return -ENOENT;
  struct stat backing;
  if (fstat(backing_fd, &backing) < 0) return -errno;
  stat->st_mode = S_IFREG | 0600;
  stat->st_nlink = 1;
  stat->st_size = backing.st_size;
  return 0;
}

/* Past the page cache: what is written is told at once. */
static int disk_open(const char *path, struct fuse_file_info *info) {
  if (strcmp(path, DISK) != 0) return -ENOENT;
  info->direct_io = 1;
  return 0;
}

static int disk_read(const char *path, char *bytes, size_t length, off_t offset, struct fuse_file_info *info) {
  (void)path, (void)info;
  ssize_t done = pread(backing_fd, bytes, length, offset);
  return done < 0 ? -errno : (int)done;
}

static int disk_write(const char *path, const char *bytes, size_t length, off_t offset, struct fuse_file_info *info) {
  (void)path, (void)info;
  int failure = put_down('W', offset, bytes, length);
  if (failure) return failure;
  ssize_t done = pwrite(backing_fd, bytes, length, offset);
  return done < 0 ? -errno : (int)done;
}

static int disk_fsync(const char *path, int data_only, struct fuse_file_info *info) {
  (void)path, (void)data_only, (void)info;
  return put_down('F', 0, NULL, 0);
}

static void *disk_init(struct fuse_conn_info *connection, struct fuse_config *config) {
  (void)connection, (void)config;
  puts("ready");
  fflush(stdout);
  return NULL;
}

static const struct fuse_operations OPERATIONS = {
    .init = disk_init,
    .getattr = disk_getattr,
    .open = disk_open,
    .read = disk_read,
    .write = disk_write,
    .fsync = disk_fsync,
};

int main(int argc, char **argv) {
  if (argc != 4) {
    fprintf(stderr, "usage: recording-disk BACKING LOG MOUNT-POINT\n");
    return 2;
  }
  backing_fd = open(argv[1], O_RDWR);
  log_fd = open(argv[2], O_WRONLY | O_CREAT | O_TRUNC | O_APPEND, 0600);
  if (backing_fd < 0 || log_fd < 0) {
    perror(backing_fd < 0 ? argv[1] : argv[2]);
    return 1;
  }
  char *arguments[] = {argv[0], "-f", "-s", argv[3], NULL};
  return fuse_main(4, arguments, &OPERATIONS, NULL);
}
