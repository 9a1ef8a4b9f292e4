#pragma once
// What the kernel alone takes for a packet: nothing that forwards over UDP can be cheaper than this.
#include <netinet/in.h>
#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <cstddef>
#include <cstdint>
#include <ctime>
#include <vector>

namespace bench {

inline int64_t thread_cpu_ns() {
  timespec now{};
  ::clock_gettime(CLOCK_THREAD_CPUTIME_ID, &now);
  return now.tv_sec * 1'000'000'000LL + now.tv_nsec;
}

/// CPU nanoseconds of this thread for each packet of `bytes`, sent by sendmmsg to `receivers` addresses, all
/// in one call, `calls` times; `between` runs after each, uncounted, to empty the receiver's queue. Negative:
/// an error.
template <class Between>
int64_t bare_cost_ns(uint32_t first_address, uint16_t port, size_t receivers, size_t bytes, size_t calls,
                     Between between) {
  int sender = ::socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);
  if (sender < 0) return -errno;
  std::vector<uint8_t> payload(bytes, 0xff);
  iovec data{payload.data(), payload.size()};
  std::vector<sockaddr_in> addresses(receivers);
  std::vector<mmsghdr> messages(receivers);
  for (size_t i = 0; i < receivers; ++i) {
    addresses[i].sin_family = AF_INET;
    addresses[i].sin_port = htons(port);
    addresses[i].sin_addr.s_addr = htonl(first_address + static_cast<uint32_t>(i));
    messages[i].msg_hdr = {};
    messages[i].msg_hdr.msg_name = &addresses[i];
    messages[i].msg_hdr.msg_namelen = sizeof addresses[i];
    messages[i].msg_hdr.msg_iov = &data;
    messages[i].msg_hdr.msg_iovlen = 1;
  }
  int64_t used = 0, sent = 0;
  for (size_t call = 0; call < calls; ++call) {
    int64_t before = thread_cpu_ns();
    int done = ::sendmmsg(sender, messages.data(), static_cast<unsigned>(receivers), 0);
    used += thread_cpu_ns() - before;
    if (done > 0) sent += done;
    between();
  }
  ::close(sender);
  return sent ? used / sent : -EIO;
}

}  // namespace bench
