#include "wire.h"

#include <sys/socket.h>
#include <unistd.h>

#include <cerrno>
#include <chrono>
#include <cstdio>
#include <cstdlib>
#include <cstring>

namespace bench {

int64_t now_ns() {
  return std::chrono::duration_cast<std::chrono::nanoseconds>(
             std::chrono::steady_clock::now().time_since_epoch())
      .count();
}

void die(const char* what) {
  std::fprintf(stderr, "bench_sfu_load: %s: %s\n", what, std::strerror(errno));
  std::exit(1);
}

Wire::Wire() : in_(batch * datagram), out_(batch * datagram), to_(batch), controls_(batch), lengths_(batch) {
  descriptor_ = ::socket(AF_INET, SOCK_DGRAM | SOCK_NONBLOCK | SOCK_CLOEXEC, 0);
  if (descriptor_ < 0) die("socket");
  int on = 1, buffer = 64 << 20;
  ::setsockopt(descriptor_, IPPROTO_IP, IP_PKTINFO, &on, sizeof on);
  ::setsockopt(descriptor_, SOL_SOCKET, SO_TIMESTAMPNS, &on, sizeof on);
  // Thousands of clients in one socket: more than net.core.rmem_max where the process may (CAP_NET_ADMIN).
  if (::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUFFORCE, &buffer, sizeof buffer) != 0) {
    ::setsockopt(descriptor_, SOL_SOCKET, SO_RCVBUF, &buffer, sizeof buffer);
  }
  ::setsockopt(descriptor_, SOL_SOCKET, SO_SNDBUF, &buffer, sizeof buffer);
  sockaddr_in any{};
  any.sin_family = AF_INET;
  socklen_t length = sizeof any;
  if (::bind(descriptor_, reinterpret_cast<sockaddr*>(&any), length) != 0) die("bind");
  ::getsockname(descriptor_, reinterpret_cast<sockaddr*>(&any), &length);
  port_ = ntohs(any.sin_port);
}

Wire::~Wire() { ::close(descriptor_); }

void Wire::receive(const Receive& receive) {
  constexpr int rounds = 32;
  mmsghdr messages[batch];
  iovec parts[batch];
  sockaddr_in names[batch];
  Control controls[batch];
  for (int round = 0; round < rounds; ++round) {
    for (size_t i = 0; i < batch; ++i) {
      parts[i] = {in_.data() + i * datagram, datagram};
      messages[i].msg_hdr = {.msg_name = &names[i],
                             .msg_namelen = sizeof names[i],
                             .msg_iov = &parts[i],
                             .msg_iovlen = 1,
                             .msg_control = controls[i].bytes,
                             .msg_controllen = sizeof controls[i].bytes,
                             .msg_flags = 0};
    }
    int received = ::recvmmsg(descriptor_, messages, batch, MSG_DONTWAIT, nullptr);
    timespec civil{};
    ::clock_gettime(CLOCK_REALTIME, &civil);
    int64_t shift = now_ns() - civil.tv_sec * 1'000'000'000 - civil.tv_nsec;
    for (int i = 0; i < received; ++i) {
      in_pktinfo info{};
      timespec stamp = civil;
      auto& header = messages[i].msg_hdr;
      for (cmsghdr* control = CMSG_FIRSTHDR(&header); control; control = CMSG_NXTHDR(&header, control)) {
        if (control->cmsg_type == IP_PKTINFO && control->cmsg_level == IPPROTO_IP)
          std::memcpy(&info, CMSG_DATA(control), sizeof info);
        if (control->cmsg_type == SCM_TIMESTAMPNS && control->cmsg_level == SOL_SOCKET)
          std::memcpy(&stamp, CMSG_DATA(control), sizeof stamp);
      }
      receive(ntohl(info.ipi_addr.s_addr), names[i], {in_.data() + i * datagram, messages[i].msg_len},
              stamp.tv_sec * 1'000'000'000 + stamp.tv_nsec + shift);
    }
    if (received < static_cast<int>(batch)) return;
  }
}

std::span<uint8_t> Wire::space() {
  if (queued_ == batch) flush();
  return {out_.data() + queued_ * datagram, datagram};
}

void Wire::push(uint32_t local, const sockaddr_in& to, size_t length) {
  to_[queued_] = to;
  lengths_[queued_] = length;
  auto* control = reinterpret_cast<cmsghdr*>(controls_[queued_].bytes);
  control->cmsg_level = IPPROTO_IP;
  control->cmsg_type = IP_PKTINFO;
  control->cmsg_len = CMSG_LEN(sizeof(in_pktinfo));
  in_pktinfo info{};
  info.ipi_spec_dst.s_addr = htonl(local);
  std::memcpy(CMSG_DATA(control), &info, sizeof info);
  ++queued_;
}

void Wire::flush() {
  mmsghdr messages[batch];
  iovec parts[batch];
  for (size_t i = 0; i < queued_; ++i) {
    parts[i] = {out_.data() + i * datagram, lengths_[i]};
    messages[i].msg_hdr = {.msg_name = &to_[i],
                           .msg_namelen = sizeof to_[i],
                           .msg_iov = &parts[i],
                           .msg_iovlen = 1,
                           .msg_control = controls_[i].bytes,
                           .msg_controllen = CMSG_SPACE(sizeof(in_pktinfo)),
                           .msg_flags = 0};
  }
  for (size_t done = 0; done < queued_;) {
    int sent = ::sendmmsg(descriptor_, messages + done, static_cast<unsigned>(queued_ - done), 0);
    if (sent < 0 && errno == EAGAIN) continue;  // its own socket's buffer: the kernel drains it at once
    if (sent <= 0) ++unsent_;
    done += sent > 0 ? static_cast<size_t>(sent) : 1;
  }
  queued_ = 0;
}

}  // namespace bench
