#pragma once
// One UDP socket for thousands of clients: each client has a local address of its own (127.1.0.0 and up, all
// of which Linux takes as its own), told apart by IP_PKTINFO. Received datagrams are not coalesced (no
// UDP_GRO), so that splitting what a server sends with segmentation offload is paid where a network card
// without it would.
#include <netinet/in.h>

#include <cstdint>
#include <functional>
#include <span>
#include <vector>

namespace bench {

int64_t now_ns();
[[noreturn]] void die(const char* what);

class Wire {
 public:
  /// `local` in host order: the address the datagram was sent to. `arrived` by now_ns(), as the kernel saw
  /// it: how late the generator reads is not the server's doing.
  using Receive =
      std::function<void(uint32_t local, const sockaddr_in& from, std::span<uint8_t> bytes, int64_t arrived)>;

  Wire();
  ~Wire();
  Wire(const Wire&) = delete;
  int descriptor() const { return descriptor_; }
  uint16_t port() const { return port_; }
  /// Hands over everything that waits, at most a few thousand datagrams.
  void receive(const Receive& receive);
  /// Room for one datagram, used up by push(); flush() sends all.
  std::span<uint8_t> space();
  void push(uint32_t local, const sockaddr_in& to, size_t length);
  void flush();
  uint64_t unsent() const { return unsent_; }  // datagrams that the kernel refused

 private:
  static constexpr size_t batch = 128, datagram = 1'600;
  struct Control {
    alignas(cmsghdr) char bytes[CMSG_SPACE(sizeof(in_pktinfo)) + CMSG_SPACE(sizeof(timespec))];
  };
  int descriptor_ = -1;
  uint16_t port_ = 0;
  std::vector<uint8_t> in_, out_;
  std::vector<sockaddr_in> to_;
  std::vector<Control> controls_;
  std::vector<size_t> lengths_;
  size_t queued_ = 0;
  uint64_t unsent_ = 0;
};

}  // namespace bench
