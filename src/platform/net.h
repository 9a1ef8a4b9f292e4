#pragma once
// Byte streams and listeners. Two implementations: sockets over epoll (plain or TLS 1.3), and the simulator's
// hostile network. Loop thread only. A Stream belongs to the connection's coroutine; abort() may be called by
// anyone on the loop and makes pending and later operations fail with reasons::cancelled.
#include <sys/uio.h>

#include <cstddef>
#include <memory>
#include <span>
#include <string>

#include "base/bytes.h"
#include "base/result.h"
#include "platform/loop.h"
#include "platform/task.h"

namespace parvis {

struct Address {
  std::string host;  // numeric: "127.0.0.1", "::1", or "unix" for local sockets
  uint16_t port = 0;
  std::string text() const {
    return host.find(':') == std::string::npos ? host + ":" + std::to_string(port)
                                               : "[" + host + "]:" + std::to_string(port);
  }
};

class Stream {
 public:
  virtual ~Stream() = default;

  /// Suspends until bytes can be read (or the peer closed). No buffer is held meanwhile: an idle connection
  /// is small.
  virtual Task<Result<void>> readable(Monotonic deadline) = 0;
  /// Reads what is there, without waiting. 0 = nothing yet, would block; reasons::cancelled = aborted or
  /// reset; end of stream is `closed` (see below).
  virtual Result<size_t> try_read(std::span<uint8_t> into) = 0;
  /// Writes what fits, without waiting; 0 = would block: the next attempt must then begin with the same bytes
  /// (more may follow), because a TLS record may be half sent.
  virtual Result<size_t> try_write(std::span<const iovec> parts) = 0;
  virtual Task<Result<void>> writable(Monotonic deadline) = 0;
  /// Bytes of `file_descriptor` from `offset`, by sendfile where the transport can. Without waiting; 0 =
  /// would block.
  virtual Result<size_t> try_send_file(int file_descriptor, uint64_t offset, size_t count) = 0;
  /// The peer ended its side: reported by try_read() as this reason.
  static const Reason closed;

  virtual void shutdown_write() = 0;  // flushes TLS close_notify / FIN
  virtual void abort() = 0;
  virtual const Address& peer() const = 0;
  virtual bool encrypted() const = 0;

  /// Writes everything, waiting as needed; `timeout_us` bounds each wait without progress (slow readers are
  /// cut).
  Task<Result<void>> write_all(std::span<const iovec> parts, Loop& loop, int64_t timeout_us);
  Task<Result<void>> write_all(std::string_view text, Loop& loop, int64_t timeout_us);
};

class Listener {
 public:
  virtual ~Listener() = default;
  /// The next connection; fails with reasons::cancelled after close(). Accept errors (EMFILE) back off
  /// inside.
  virtual Task<Result<std::unique_ptr<Stream>>> accept() = 0;
  virtual void close() = 0;
  virtual const Address& address() const = 0;  // with the port really bound
};

struct TlsFiles {
  std::string certificate_path;  // PEM chain
  std::string key_path;          // PEM
};

/// A TLS 1.3 server configuration whose certificate can be replaced while connections live.
class TlsContext {
 public:
  virtual ~TlsContext() = default;
  virtual Result<void> reload() = 0;
};

class Net {
 public:
  virtual ~Net() = default;
  virtual Result<std::unique_ptr<Listener>> listen(const Address& address) = 0;
  /// Wraps accepted streams in TLS; the handshake happens in the first readable().
  virtual Result<std::unique_ptr<TlsContext>> load_tls(const TlsFiles& files) = 0;
  virtual Result<std::unique_ptr<Listener>> listen_tls(const Address& address, TlsContext& context) = 0;
  virtual Task<Result<std::unique_ptr<Stream>>> connect(Address address, Monotonic deadline) = 0;
};

}  // namespace parvis
