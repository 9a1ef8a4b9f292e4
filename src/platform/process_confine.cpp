#include "platform/process_confine.h"

#include <fcntl.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/landlock.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>

namespace parvis {
namespace {

constexpr uint64_t file_rights =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_WRITE_FILE;
constexpr uint64_t reading =
    LANDLOCK_ACCESS_FS_EXECUTE | LANDLOCK_ACCESS_FS_READ_FILE | LANDLOCK_ACCESS_FS_READ_DIR;
constexpr uint64_t first_version_rights = (LANDLOCK_ACCESS_FS_MAKE_SYM << 1) - 1;
// Later versions of the interface; named by number, so that older headers serve.
constexpr uint64_t refer_right = 1ULL << 13, truncate_right = 1ULL << 14;

/// Every right that this kernel can take away; 0 when it cannot.
uint64_t known_rights() {
  long version = ::syscall(SYS_landlock_create_ruleset, nullptr, 0, LANDLOCK_CREATE_RULESET_VERSION);
  if (version < 1) return 0;
  return first_version_rights | (version >= 2 ? refer_right : 0) | (version >= 3 ? truncate_right : 0);
}

bool allow(int ruleset, const std::string& path, uint64_t rights) {
  int descriptor = ::open(path.c_str(), O_PATH | O_CLOEXEC);
  if (descriptor < 0) return true;  // absent: nothing to allow
  struct stat status{};
  if (::fstat(descriptor, &status) == 0 && !S_ISDIR(status.st_mode)) rights &= file_rights | truncate_right;
  landlock_path_beneath_attr beneath{};
  beneath.allowed_access = rights;
  beneath.parent_fd = descriptor;
  bool added = ::syscall(SYS_landlock_add_rule, ruleset, LANDLOCK_RULE_PATH_BENEATH, &beneath, 0) == 0;
  ::close(descriptor);
  return added;
}

#if defined(__x86_64__)
constexpr uint32_t architecture = AUDIT_ARCH_X86_64;
#elif defined(__aarch64__)
constexpr uint32_t architecture = AUDIT_ARCH_AARCH64;
#endif

constexpr uint32_t call_number = offsetof(seccomp_data, nr);
constexpr uint32_t call_architecture = offsetof(seccomp_data, arch);
constexpr uint32_t first_argument =
    offsetof(seccomp_data, args);  // low half: both machines are little-endian
constexpr uint32_t refuse = SECCOMP_RET_ERRNO | EACCES;
constexpr uint32_t first_foreign_call = 0x40000000;  // x32, on x86-64

// Sockets but local ones; io_uring, which opens sockets past this filter; the memory of other processes.
const sock_filter filter[] = {
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, call_architecture),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, architecture, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, call_number),
    BPF_JUMP(BPF_JMP | BPF_JGE | BPF_K, first_foreign_call, 8, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_io_uring_setup, 7, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_ptrace, 6, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_readv, 5, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_process_vm_writev, 4, 0),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, SYS_socket, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
    BPF_STMT(BPF_LD | BPF_W | BPF_ABS, first_argument),
    BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, AF_UNIX, 1, 0),
    BPF_STMT(BPF_RET | BPF_K, refuse),
    BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ALLOW),
};

}  // namespace

ConfinementRules::~ConfinementRules() {
  if (ruleset_ >= 0) ::close(ruleset_);
}

Result<void> ConfinementRules::prepare(const Confinement& confinement) {
  uint64_t rights = known_rights();
  if (rights == 0) return {};
  landlock_ruleset_attr handled{};
  handled.handled_access_fs = rights;
  ruleset_ =
      static_cast<int>(::syscall(SYS_landlock_create_ruleset, &handled, sizeof handled.handled_access_fs, 0));
  if (ruleset_ < 0) return fail(reasons::unavailable, "landlock: errno " + std::to_string(errno));
  bool added = true;
  for (auto& path : confinement.readable) added = added && allow(ruleset_, path, reading);
  // No links that lead elsewhere, nothing that blocks its reader: we open what a child leaves.
  constexpr uint64_t never = LANDLOCK_ACCESS_FS_MAKE_SYM | LANDLOCK_ACCESS_FS_MAKE_FIFO |
                             LANDLOCK_ACCESS_FS_MAKE_CHAR | LANDLOCK_ACCESS_FS_MAKE_BLOCK;
  for (auto& path : confinement.writable) added = added && allow(ruleset_, path, rights & ~never);
  for (auto& path : confinement.sockets)
    added = added && allow(ruleset_, path, LANDLOCK_ACCESS_FS_MAKE_SOCK | LANDLOCK_ACCESS_FS_REMOVE_FILE);
  if (!added) return fail(reasons::unavailable, "landlock rule: errno " + std::to_string(errno));
  return {};
}

bool ConfinementRules::enter() const {
  if (ruleset_ >= 0 && ::syscall(SYS_landlock_restrict_self, ruleset_, 0) != 0) return false;
  sock_fprog program{};
  program.len = sizeof filter / sizeof filter[0];
  program.filter = const_cast<sock_filter*>(filter);
  return ::prctl(PR_SET_SECCOMP, SECCOMP_MODE_FILTER, &program) == 0;
}

}  // namespace parvis
