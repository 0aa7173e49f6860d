/*
 * Loaded before the C library in tests: while the file that FEVM_FAULT names exists, nothing gets to the disk any more.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <stdlib.h>
#include <sys/types.h>
#include <unistd.h>

static int failing(void) {
  const char *path = getenv("FEVM_FAULT");
  return path != NULL && access(path, F_OK) == 0;
}

static int fail(void) {
  errno = EIO;
  return -1;
}

int fdatasync(int descriptor) {
  (void)descriptor;
  return failing() ? fail() : 0;
}

int fsync(int descriptor) {
  (void)descriptor;
  return failing() ? fail() : 0;
}

int msync(void *address, size_t length, int flags) {
  (void)address;
  (void)length;
  (void)flags;
  return failing() ? fail() : 0;
}
