#include "platform/host.h"

#include <fcntl.h>
#include <sys/file.h>
#include <sys/resource.h>
#include <unistd.h>

#include <cerrno>
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

Result<std::unique_ptr<LockFile>> lock_file(const std::string& path) {
  int descriptor = ::open(path.c_str(), O_RDWR | O_CREAT | O_CLOEXEC, 0600);
  if (descriptor < 0) return fail(reasons::unavailable, path + ": " + std::strerror(errno));
  auto lock = std::make_unique<HeldLock>(descriptor);
  if (flock(descriptor, LOCK_EX | LOCK_NB) != 0)
    return fail(reasons::conflict, path + " is held by another process");
  return lock;
}

}  // namespace parvis
