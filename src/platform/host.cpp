#include "platform/host.h"

#include <fcntl.h>
#include <malloc.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
#include <cstdio>
#include <cstring>

namespace parvis {
namespace {

class HeldLock final : public LockFile {
 public:
  explicit HeldLock(int descriptor) : descriptor_(descriptor) {}
  ~HeldLock() override { ::close(descriptor_); }

 private:
  int descriptor_;
};

}  // namespace

void raise_descriptor_limit() {
  rlimit limit{};
  if (getrlimit(RLIMIT_NOFILE, &limit) != 0) return;
  limit.rlim_cur = limit.rlim_max;
  setrlimit(RLIMIT_NOFILE, &limit);
}

size_t resident_bytes() {
  int descriptor = ::open("/proc/self/statm", O_RDONLY | O_CLOEXEC);
  if (descriptor < 0) return 0;
  char text[128] = {};
  auto count = ::read(descriptor, text, sizeof text - 1);
  ::close(descriptor);
  unsigned long total = 0, resident = 0;
  if (count <= 0 || std::sscanf(text, "%lu %lu", &total, &resident) != 2) return 0;
  return resident * static_cast<size_t>(::sysconf(_SC_PAGESIZE));
}

void return_free_memory() { malloc_trim(0); }

Result<std::unique_ptr<LockFile>> lock_file(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(reasons::unavailable, path + ": " + std::strerror(errno));
  auto lock = std::make_unique<HeldLock>(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return fail(reasons::conflict, path + " is held by another process");
  return lock;
}

}  // namespace parvis
