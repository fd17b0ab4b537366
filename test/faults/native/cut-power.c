/*
 * cut-power MOUNT-POINT: has an ext4 stop as if the power were cut. What it has not written to its disk is gone, its
 * journal is not flushed, and every later write to it fails.
 */
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/ioctl.h>

#define EXT4_IOC_SHUTDOWN _IOR('X', 125, uint32_t)
#define NO_LOG_FLUSH 2u

int main(int argc, char **argv) {
  if (argc != 2) {
    fprintf(stderr, "usage: cut-power MOUNT-POINT\n");
    return 2;
  }
  uint32_t how = NO_LOG_FLUSH;
  int fd = open(argv[1], O_RDONLY | O_DIRECTORY);
  if (fd < 0 || ioctl(fd, EXT4_IOC_SHUTDOWN, &how) < 0) {
    perror(argv[1]);
    return 1;
  }
  return 0;
}
