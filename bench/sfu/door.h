#pragma once
// The signalling of one client: a WebSocket on /rtc/v1 with a token and an offer in its first request, as
// LiveKit's clients of one connection open it; the server's answer comes with the first frames.
#include <netinet/in.h>

#include <cstdint>
#include <optional>
#include <string>

#include "engine/sfu/sdp.h"

namespace bench {

struct Errand {
  std::string token, ufrag, pwd, fingerprint;
  bool publishes = false;  // a voice (mid 0) and a camera (mid 1); else it is ready to receive one of each
};

class Door {
 public:
  enum class State : uint8_t { connecting, asking, open, failed };
  /// `local`: the client's own address, in host order.
  Door(const sockaddr_in& server, uint32_t local, const Errand& errand);
  ~Door();
  Door(const Door&) = delete;

  int descriptor() const { return descriptor_; }
  State state() const { return state_; }
  const std::string& trouble() const { return trouble_; }
  /// What to wait for, as of poll().
  short events() const;
  /// Reads and writes what is possible; the answer, once.
  std::optional<parvis::sfu::sdp::Description> serve();
  int64_t asked_ns() const { return asked_ns_; }  // the request for the socket left

 private:
  void fail(std::string why);
  void write();
  void read();
  std::optional<parvis::sfu::sdp::Description> frames();

  int descriptor_ = -1;
  State state_ = State::connecting;
  std::string out_, in_, trouble_;
  int64_t asked_ns_ = 0;
};

}  // namespace bench
