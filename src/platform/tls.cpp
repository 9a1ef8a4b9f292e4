#include "platform/tls.h"

#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509v3.h>
#include <sys/socket.h>
#include <unistd.h>

#include <algorithm>
#include <array>
#include <cerrno>
#include <cstring>

namespace parvis {

namespace {

constexpr size_t max_record_bytes = 16 << 10;  // RFC 8446 section 5.1

struct FreeSsl {
  void operator()(SSL* ssl) const { SSL_free(ssl); }
  void operator()(SSL_CTX* context) const { SSL_CTX_free(context); }
};
using SslPointer = std::unique_ptr<SSL, FreeSsl>;
using ContextPointer = std::unique_ptr<SSL_CTX, FreeSsl>;

std::string last_ssl_error() {
  char text[160];
  ERR_error_string_n(ERR_get_error(), text, sizeof text);
  ERR_clear_error();
  return text;
}

/// The loop's one place where records are gathered before they are sealed.
std::array<uint8_t, max_record_bytes>& scratch() {
  thread_local std::array<uint8_t, max_record_bytes> bytes;
  return bytes;
}

// Bytes between OpenSSL and a Socket. Our own, because it must not raise SIGPIPE and must tell a short read
// from a full one: that saves the read that would only say "nothing yet".

int bio_read(BIO* bio, char* into, int size) {
  auto& socket = *static_cast<Socket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  ssize_t count = ::recv(socket.descriptor(), into, static_cast<size_t>(size), 0);
  if (count >= 0) {
    if (count > 0 && count < size) socket.short_read();
    return static_cast<int>(count);
  }
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    if (errno != EINTR) socket.drained(Socket::reading);
    BIO_set_retry_read(bio);
  }
  return -1;
}

int bio_write(BIO* bio, const char* from, int size) {
  auto& socket = *static_cast<Socket*>(BIO_get_data(bio));
  BIO_clear_retry_flags(bio);
  ssize_t count = ::send(socket.descriptor(), from, static_cast<size_t>(size), MSG_NOSIGNAL);
  if (count >= 0) return static_cast<int>(count);
  if (errno == EAGAIN || errno == EWOULDBLOCK || errno == EINTR) {
    if (errno != EINTR) socket.drained(Socket::writing);
    BIO_set_retry_write(bio);
  }
  return -1;
}

long bio_control(BIO*, int command, long, void*) { return command == BIO_CTRL_FLUSH ? 1 : 0; }

BIO_METHOD* socket_bio_method() {
  static BIO_METHOD* method = [] {
    BIO_METHOD* made = BIO_meth_new(BIO_get_new_index() | BIO_TYPE_SOURCE_SINK, "parvis socket");
    BIO_meth_set_read(made, bio_read);
    BIO_meth_set_write(made, bio_write);
    BIO_meth_set_ctrl(made, bio_control);
    return made;
  }();
  return method;
}

int select_protocol(SSL*, const unsigned char** chosen, unsigned char* chosen_size,
                    const unsigned char* offered, unsigned offered_size, void*) {
  static constexpr unsigned char ours[] = "\x08http/1.1";
  unsigned char* found;
  int outcome = SSL_select_next_proto(&found, chosen_size, ours, sizeof ours - 1, offered, offered_size);
  *chosen = found;
  return outcome == OPENSSL_NPN_NEGOTIATED ? SSL_TLSEXT_ERR_OK : SSL_TLSEXT_ERR_ALERT_FATAL;
}

Result<ContextPointer> load_context(const TlsFiles& files) {
  ContextPointer context(SSL_CTX_new(TLS_server_method()));
  CHECK(context);
  SSL_CTX_set_min_proto_version(context.get(), TLS1_3_VERSION);
  // No resumption: a session cache and its tickets cost memory per connection and keys to rotate.
  SSL_CTX_set_session_cache_mode(context.get(), SSL_SESS_CACHE_OFF);
  SSL_CTX_set_options(context.get(), SSL_OP_NO_TICKET | SSL_OP_NO_COMPRESSION);
  SSL_CTX_set_num_tickets(context.get(), 0);
  SSL_CTX_set_mode(context.get(), SSL_MODE_RELEASE_BUFFERS | SSL_MODE_ENABLE_PARTIAL_WRITE |
                                      SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
  SSL_CTX_set_read_ahead(context.get(), 1);
  SSL_CTX_set_alpn_select_cb(context.get(), select_protocol, nullptr);
  if (SSL_CTX_use_certificate_chain_file(context.get(), files.certificate_path.c_str()) != 1) {
    return fail(reasons::malformed, "certificate " + files.certificate_path + ": " + last_ssl_error());
  }
  if (SSL_CTX_use_PrivateKey_file(context.get(), files.key_path.c_str(), SSL_FILETYPE_PEM) != 1 ||
      SSL_CTX_check_private_key(context.get()) != 1) {
    return fail(reasons::malformed, "key " + files.key_path + ": " + last_ssl_error());
  }
  return context;
}

class OpenSslContext final : public TlsContext {
 public:
  OpenSslContext(TlsFiles files, ContextPointer context)
      : files_(std::move(files)), context_(std::move(context)) {}
  Result<void> reload() override {
    context_ = TRY(load_context(files_));
    return {};
  }
  SSL_CTX* context() const { return context_.get(); }

 private:
  TlsFiles files_;
  ContextPointer context_;  // live connections hold their own reference to the one they began with
};

class TlsStream final : public Stream {
 public:
  TlsStream(EpollLoop& loop, int descriptor, Address peer, SSL_CTX* context);
  bool usable() const { return ssl_ && socket_.registered(); }
  Socket& socket() { return socket_; }
  /// As a client, before anything is sent: the peer must prove to be `name`.
  bool expect(const std::string& name);
  Task<Result<void>> shake_hands(Monotonic deadline);

  Task<Result<void>> readable(Monotonic deadline) override;
  Result<size_t> try_read(std::span<uint8_t> into) override;
  Result<size_t> try_write(std::span<const iovec> parts) override;
  Task<Result<void>> writable(Monotonic deadline) override {
    co_return readiness_result(co_await socket_.wait(Socket::writing, deadline));
  }
  Result<size_t> try_send_file(int file_descriptor, uint64_t offset, size_t count) override;
  void shutdown_write() override;
  void abort() override;
  void divert(std::shared_ptr<const Diversion> diversion) { socket_.divert(std::move(diversion)); }
  const Address& peer() const override { return peer_; }
  bool encrypted() const override { return true; }

 private:
  enum class Need : uint8_t { nothing, reading, writing };
  /// Turns OpenSSL's answer into bytes, "not yet" (0, with need_ set), or an error.
  Result<size_t> outcome(int returned, size_t count);
  Result<size_t> write_record(const void* data, size_t size);

  Socket socket_;
  SslPointer ssl_;
  Address peer_;
  Need need_ = Need::reading;  // what the last unfinished read or handshake waits for
  bool established_ = false;
  bool broken_ = false;  // OpenSSL forbids any call after a fatal error
};

TlsStream::TlsStream(EpollLoop& loop, int descriptor, Address peer, SSL_CTX* context)
    : socket_(loop, descriptor), ssl_(SSL_new(context)), peer_(std::move(peer)) {
  BIO* bio = ssl_ ? BIO_new(socket_bio_method()) : nullptr;
  if (!bio) {
    ssl_.reset();
    return;
  }
  BIO_set_data(bio, &socket_);
  BIO_set_init(bio, 1);
  SSL_set_bio(ssl_.get(), bio, bio);
  SSL_set_accept_state(ssl_.get());
}

bool TlsStream::expect(const std::string& name) {
  SSL_set_connect_state(ssl_.get());
  auto* parameters = SSL_get0_param(ssl_.get());
  if (X509_VERIFY_PARAM_set1_ip_asc(parameters, name.c_str()) == 1) return true;
  ERR_clear_error();
  X509_VERIFY_PARAM_set_hostflags(parameters, X509_CHECK_FLAG_NO_PARTIAL_WILDCARDS);
  return SSL_set1_host(ssl_.get(), name.c_str()) == 1 &&
         SSL_set_tlsext_host_name(ssl_.get(), name.c_str()) == 1;
}

Task<Result<void>> TlsStream::shake_hands(Monotonic deadline) {
  while (!established_) {
    if (socket_.cancelled()) co_return fail(reasons::cancelled, "stream aborted");
    int returned = SSL_do_handshake(ssl_.get());
    established_ = returned == 1;
    CO_TRY(outcome(returned, 0));
    if (established_) break;
    auto side = need_ == Need::writing ? Socket::writing : Socket::reading;
    CO_TRY(readiness_result(co_await socket_.wait(side, deadline)));
  }
  co_return {};
}

Result<size_t> TlsStream::outcome(int returned, size_t count) {
  need_ = Need::nothing;
  if (returned > 0) return count;
  switch (SSL_get_error(ssl_.get(), returned)) {
    case SSL_ERROR_WANT_READ:
      need_ = Need::reading;
      return 0;
    case SSL_ERROR_WANT_WRITE:
      need_ = Need::writing;
      return 0;
    case SSL_ERROR_ZERO_RETURN:
      return fail(closed);
    default:
      break;
  }
  broken_ = true;
  // Many clients leave without close_notify. HTTP and WebSocket delimit their own messages, so this is an
  // ordinary end.
  bool truncated = ERR_GET_REASON(ERR_peek_error()) == SSL_R_UNEXPECTED_EOF_WHILE_READING;
  std::string detail = last_ssl_error();
  if (truncated) return fail(closed, "no close_notify");
  return fail(reasons::cancelled, std::move(detail));
}

Task<Result<void>> TlsStream::readable(Monotonic deadline) {
  for (;;) {
    if (socket_.cancelled()) co_return fail(reasons::cancelled, "stream aborted");
    if (broken_) co_return {};  // try_read() tells
    if (!established_) {
      int returned = SSL_do_handshake(ssl_.get());
      established_ = returned == 1;
      CO_TRY(outcome(returned, 0));
      // Application data may have come in the same flight.
      if (established_ && SSL_has_pending(ssl_.get())) co_return {};
    } else if (need_ == Need::nothing && SSL_has_pending(ssl_.get())) {
      co_return {};
    }
    auto side = need_ == Need::writing ? Socket::writing : Socket::reading;
    CO_TRY(readiness_result(co_await socket_.wait(side, deadline)));
    if (established_) co_return {};
  }
}

Result<size_t> TlsStream::try_read(std::span<uint8_t> into) {
  if (socket_.cancelled() || broken_) return fail(reasons::cancelled, "stream aborted");
  if (!established_) return 0;
  size_t count = 0;
  int returned = SSL_read_ex(ssl_.get(), into.data(), into.size(), &count);
  return outcome(returned, count);
}

Result<size_t> TlsStream::write_record(const void* data, size_t size) {
  if (socket_.cancelled() || broken_) return fail(reasons::cancelled, "stream aborted");
  if (!established_ || size == 0) return 0;
  size_t count = 0;
  Need before = need_;
  int returned = SSL_write_ex(ssl_.get(), data, size, &count);
  auto result = outcome(returned, count);
  need_ = before;  // writing does not change what reading waits for
  return result;
}

Result<size_t> TlsStream::try_write(std::span<const iovec> parts) {
  while (!parts.empty() && parts.front().iov_len == 0) parts = parts.subspan(1);
  if (parts.empty()) return 0;
  // A part that fills a record is sealed where it lies; smaller ones share a record.
  if (parts.size() == 1 || parts.front().iov_len >= max_record_bytes) {
    return write_record(parts.front().iov_base, std::min(parts.front().iov_len, max_record_bytes));
  }
  auto& record = scratch();
  size_t size = 0;
  for (const iovec& part : parts) {
    size_t take = std::min(part.iov_len, record.size() - size);
    if (take > 0) std::memcpy(record.data() + size, part.iov_base, take);
    size += take;
    if (size == record.size()) break;
  }
  return write_record(record.data(), size);
}

Result<size_t> TlsStream::try_send_file(int file_descriptor, uint64_t offset, size_t count) {
  auto& record = scratch();
  ssize_t size =
      ::pread(file_descriptor, record.data(), std::min(count, record.size()), static_cast<off_t>(offset));
  if (size <= 0) return fail(reasons::corrupt, "file shorter than announced");
  return write_record(record.data(), static_cast<size_t>(size));
}

void TlsStream::shutdown_write() {
  if (established_ && !broken_) {
    SSL_shutdown(ssl_.get());
    ERR_clear_error();
  }
  socket_.shut_down(SHUT_WR);
}

void TlsStream::abort() {
  socket_.cancel();
  socket_.shut_down(SHUT_RDWR);
}

}  // namespace

namespace {

/// Trusts what the machine trusts (SSL_CERT_FILE and SSL_CERT_DIR, or the system's store); read once.
SSL_CTX* client_context() {
  static ContextPointer context = [] {
    ContextPointer made(SSL_CTX_new(TLS_client_method()));
    CHECK(made);
    SSL_CTX_set_min_proto_version(made.get(), TLS1_2_VERSION);
    SSL_CTX_set_session_cache_mode(made.get(), SSL_SESS_CACHE_OFF);
    SSL_CTX_set_mode(made.get(), SSL_MODE_ENABLE_PARTIAL_WRITE | SSL_MODE_ACCEPT_MOVING_WRITE_BUFFER);
    SSL_CTX_set_verify(made.get(), SSL_VERIFY_PEER, nullptr);
    SSL_CTX_set_default_verify_paths(made.get());
    ERR_clear_error();
    return made;
  }();
  return context.get();
}

}  // namespace

Task<Result<std::unique_ptr<Stream>>> connect_tls(Env& env, Address address, std::string name,
                                                  Monotonic deadline) {
  auto* loop = dynamic_cast<EpollLoop*>(&env.loop);
  if (!loop) co_return co_await env.net.connect(std::move(address), deadline);
  auto make = [&name](EpollLoop& on, int descriptor, Address peer) -> Connecting {
    auto stream = std::make_unique<TlsStream>(on, descriptor, std::move(peer), client_context());
    if (!stream->usable() || !stream->expect(name)) return {};
    auto* socket = &stream->socket();
    return {std::move(stream), socket};
  };
  auto stream = CO_TRY(co_await connect_stream(*loop, std::move(address), deadline, std::move(make)));
  auto shaken = co_await dynamic_cast<TlsStream&>(*stream).shake_hands(deadline);
  if (!shaken && shaken.error().is(reasons::timeout)) co_return std::unexpected(shaken.error());
  if (!shaken) co_return fail(tls_refused, shaken.error().detail);
  co_return std::move(stream);
}

Result<std::unique_ptr<TlsContext>> make_tls_context(const TlsFiles& files) {
  auto context = TRY(load_context(files));
  return std::make_unique<OpenSslContext>(files, std::move(context));
}

Result<std::unique_ptr<Listener>> listen_tls_streams(EpollLoop& loop, const Address& address,
                                                     TlsContext& context) {
  auto& ours = dynamic_cast<OpenSslContext&>(context);
  auto make_stream = [&ours](EpollLoop& on, int descriptor, Address peer,
                             std::shared_ptr<const Diversion> diversion) -> std::unique_ptr<Stream> {
    auto stream = std::make_unique<TlsStream>(on, descriptor, std::move(peer), ours.context());
    stream->divert(std::move(diversion));
    if (!stream->usable()) return nullptr;
    return stream;
  };
  return listen_tcp(loop, address, std::move(make_stream));
}

}  // namespace parvis
