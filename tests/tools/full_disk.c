// A disk without room, for any user: preloaded into the server, writes to regular files fail with ENOSPC while
// the file that FULL_DISK_FLAG names exists. Standard streams are left alone.
#define _GNU_SOURCE
#include <dlfcn.h>
#include <errno.h>
#include <stdlib.h>
#include <sys/stat.h>
#include <sys/uio.h>
#include <unistd.h>

static int is_full(int descriptor) {
  const char* flag = getenv("FULL_DISK_FLAG");
  struct stat status;
  if (!flag || descriptor <= 2 || access(flag, F_OK) != 0) return 0;
  return fstat(descriptor, &status) == 0 && S_ISREG(status.st_mode);
}

#define GUARDED(type, name, parameters, arguments, descriptor)              \
  type name parameters {                                                    \
    static type(*real) parameters;                                          \
    if (!real) *(void**)&real = dlsym(RTLD_NEXT, #name);                    \
    if (is_full(descriptor)) {                                              \
      errno = ENOSPC;                                                       \
      return -1;                                                            \
    }                                                                       \
    return real arguments;                                                  \
  }

GUARDED(ssize_t, write, (int fd, const void* data, size_t size), (fd, data, size), fd)
GUARDED(ssize_t, pwrite, (int fd, const void* data, size_t size, off_t at), (fd, data, size, at), fd)
GUARDED(ssize_t, pwrite64, (int fd, const void* data, size_t size, off64_t at), (fd, data, size, at), fd)
GUARDED(ssize_t, writev, (int fd, const struct iovec* parts, int count), (fd, parts, count), fd)
GUARDED(int, fallocate, (int fd, int mode, off_t at, off_t size), (fd, mode, at, size), fd)
GUARDED(int, fallocate64, (int fd, int mode, off64_t at, off64_t size), (fd, mode, at, size), fd)
