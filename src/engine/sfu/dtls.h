#pragma once
// DTLS 1.2 (RFC 6347) with use_srtp (RFC 5764) over memory: datagrams in, datagrams out; data channels travel
// in its records. Server in
// production; the client side serves tests and the load generator. A Certificate may be shared between
// threads; a Dtls belongs to one.
#include <functional>
#include <memory>
#include <string>

#include "base/result.h"
#include "engine/sfu/srtp.h"

namespace parvis::sfu {

class Certificate {
 public:
  /// ECDSA P-256, self-signed, as WebRTC expects: peers know it by its fingerprint.
  static Result<std::shared_ptr<Certificate>> make();
  ~Certificate();
  const std::string& fingerprint() const { return fingerprint_; }  // "sha-256 AA:…"

 private:
  friend class Dtls;
  Certificate() = default;
  void* server_context_ = nullptr;
  void* client_context_ = nullptr;
  std::string fingerprint_;
};

class Dtls {
 public:
  enum class Role : uint8_t { server, client };
  using Transmit = std::function<void(ByteView datagram)>;
  enum class Outcome : uint8_t { working, connected, closed, failed };

  /// `peer_fingerprint` as in SDP; the handshake fails when the peer's certificate has another.
  Dtls(std::shared_ptr<Certificate> certificate, Role role, std::string peer_fingerprint, Transmit transmit);
  ~Dtls();

  Outcome start();  // the client sends its first flight
  Outcome receive(ByteView datagram);
  /// Who takes what the peer sends besides the handshake; it may call send(). Records up to 2 kB.
  void on_data(Transmit receiver) { receiver_ = std::move(receiver); }
  /// One record, in one datagram; false until connected.
  bool send(ByteView data);
  /// Every 50 ms or so while working: retransmissions.
  Outcome tick();
  /// After Outcome::connected.
  SrtpKeys receive_keys() const { return receive_keys_; }
  SrtpKeys send_keys() const { return send_keys_; }

 private:
  Outcome advance();
  bool peer_is_expected() const;
  bool export_keys();
  void drain();

  std::shared_ptr<Certificate> certificate_;
  void* ssl_ = nullptr;
  Role role_;
  bool connected_ = false;
  std::string peer_fingerprint_;
  Transmit transmit_, receiver_;
  SrtpKeys receive_keys_, send_keys_;
};

}  // namespace parvis::sfu
