#pragma once
// Plain TCP (and local) streams and listeners over Socket. Linux.
#include "platform/socket.h"

namespace parvis {

class TcpStream final : public Stream {
 public:
  TcpStream(EpollLoop& loop, int descriptor, Address peer, std::shared_ptr<const Diversion> diversion = {})
      : socket_(loop, descriptor), peer_(std::move(peer)) {
    socket_.divert(std::move(diversion));
  }

  Task<Result<void>> readable(Monotonic deadline) override;
  Result<size_t> try_read(std::span<uint8_t> into) override;
  Result<size_t> try_write(std::span<const iovec> parts) override;
  Task<Result<void>> writable(Monotonic deadline) override;
  Result<size_t> try_send_file(int file_descriptor, uint64_t offset, size_t count) override;
  void shutdown_write() override;
  void abort() override;
  const Address& peer() const override { return peer_; }
  bool encrypted() const override { return false; }

  Socket& socket() { return socket_; }

 private:
  Socket socket_;
  Address peer_;
};

/// What a listener makes of an accepted descriptor; lets TLS reuse the accepting.
using MakeStream = std::move_only_function<std::unique_ptr<Stream>(
    EpollLoop&, int descriptor, Address peer, std::shared_ptr<const Diversion> diversion)>;

Result<std::unique_ptr<Listener>> listen_tcp(EpollLoop& loop, const Address& address, MakeStream make_stream);
/// What a connecting descriptor is made into, and the socket inside that is waited for.
struct Connecting {
  std::unique_ptr<Stream> stream;
  Socket* socket = nullptr;
};
using MakeConnecting = std::move_only_function<Connecting(EpollLoop&, int descriptor, Address peer)>;
Task<Result<std::unique_ptr<Stream>>> connect_stream(EpollLoop& loop, Address address, Monotonic deadline,
                                                     MakeConnecting make);
Task<Result<std::unique_ptr<Stream>>> connect_tcp(EpollLoop& loop, Address address, Monotonic deadline);

}  // namespace parvis
