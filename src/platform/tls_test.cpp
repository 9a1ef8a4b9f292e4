#include "platform/tls.h"

#include <arpa/inet.h>
#include <doctest/doctest.h>
#include <netinet/in.h>
#include <openssl/err.h>
#include <openssl/evp.h>
#include <openssl/pem.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>
#include <sys/socket.h>
#include <unistd.h>

#include <thread>

#include "platform/env.h"
#include "platform/run_task.h"

namespace parvis {
namespace {

constexpr const char* certificate_path = "tls_test_certificate.pem";
constexpr const char* key_path = "tls_test_key.pem";

void write_certificate(const char* name) {
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* certificate = X509_new();
  ASN1_INTEGER_set(X509_get_serialNumber(certificate), 1);
  X509_gmtime_adj(X509_getm_notBefore(certificate), 0);
  X509_gmtime_adj(X509_getm_notAfter(certificate), 3600);
  X509_set_pubkey(certificate, key);
  X509_NAME* subject = X509_get_subject_name(certificate);
  X509_NAME_add_entry_by_txt(subject, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>(name), -1,
                             -1, 0);
  X509_set_issuer_name(certificate, subject);
  X509_sign(certificate, key, EVP_sha256());
  FILE* file = std::fopen(certificate_path, "w");
  PEM_write_X509(file, certificate);
  std::fclose(file);
  file = std::fopen(key_path, "w");
  PEM_write_PrivateKey(file, key, nullptr, nullptr, 0, nullptr, nullptr);
  std::fclose(file);
  X509_free(certificate);
  EVP_PKEY_free(key);
}

/// A blocking client with OpenSSL's own socket code, on a thread of its own.
class Client {
 public:
  explicit Client(uint16_t port, int max_version = TLS1_3_VERSION,
                  std::string_view protocols = "\x08http/1.1") {
    socket_ = ::socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);
    sockaddr_in to{};
    to.sin_family = AF_INET;
    to.sin_port = htons(port);
    to.sin_addr.s_addr = htonl(INADDR_LOOPBACK);
    connected_ = ::connect(socket_, reinterpret_cast<sockaddr*>(&to), sizeof to) == 0;
    context_ = SSL_CTX_new(TLS_client_method());
    SSL_CTX_set_max_proto_version(context_, max_version);
    ssl_ = SSL_new(context_);
    SSL_set_alpn_protos(ssl_, reinterpret_cast<const unsigned char*>(protocols.data()),
                        static_cast<unsigned>(protocols.size()));
    SSL_set_fd(ssl_, socket_);
  }
  ~Client() {
    SSL_free(ssl_);
    SSL_CTX_free(context_);
    ::close(socket_);
    ERR_clear_error();
  }
  int socket() const { return socket_; }
  bool handshake() { return connected_ && SSL_connect(ssl_) == 1; }
  bool send(std::string_view bytes) {
    return SSL_write(ssl_, bytes.data(), static_cast<int>(bytes.size())) > 0;
  }
  std::string receive(size_t size) {
    std::string all(size, 0);
    size_t have = 0, count = 0;
    while (have < size && SSL_read_ex(ssl_, all.data() + have, size - have, &count) == 1) have += count;
    all.resize(have);
    return all;
  }
  bool end() { return SSL_shutdown(ssl_) >= 0; }
  std::string protocol() const {
    const unsigned char* chosen;
    unsigned size;
    SSL_get0_alpn_selected(ssl_, &chosen, &size);
    return {reinterpret_cast<const char*>(chosen), size};
  }
  std::string server_name() const {
    char name[64] = "";
    X509* certificate = SSL_get1_peer_certificate(ssl_);
    if (certificate)
      X509_NAME_get_text_by_NID(X509_get_subject_name(certificate), NID_commonName, name, sizeof name);
    X509_free(certificate);
    return name;
  }

 private:
  int socket_;
  bool connected_ = false;
  SSL_CTX* context_;
  SSL* ssl_;
};

/// Reads `size` bytes, or up to the end.
Task<Result<std::string>> receive(Stream& stream, Loop& loop, size_t size) {
  std::string all;
  while (all.size() < size) {
    CO_TRY(co_await stream.readable(loop.now() + seconds_us(10)));
    uint8_t buffer[5000];
    auto count = stream.try_read(buffer);
    if (!count && count.error().is(Stream::closed)) break;
    if (!count) co_return std::unexpected(count.error());
    all.append(reinterpret_cast<char*>(buffer), *count);
  }
  co_return all;
}

struct Fixture {
  Fixture() {
    write_certificate("first.example");
    tls = env->net.load_tls({certificate_path, key_path}).value();
    listener = env->net.listen_tls({"127.0.0.1", 0}, *tls).value();
  }
  ~Fixture() {
    (void)env->fs.remove(certificate_path);
    (void)env->fs.remove(key_path);
  }
  uint16_t port() const { return listener->address().port; }
  template <class ClientSide, class T>
  T with_client(ClientSide client_side, Task<T> server_side) {
    std::thread thread(std::move(client_side));
    T outcome = run_task(env->loop, std::move(server_side));
    thread.join();
    return outcome;
  }

  std::unique_ptr<Env, void (*)(Env*)> env = make_system_env();
  std::unique_ptr<TlsContext> tls;
  std::unique_ptr<Listener> listener;
};

Task<Result<std::string>> echo_once(Env& env, Listener& listener, size_t size) {
  auto stream = CO_TRY(co_await listener.accept());
  auto text = CO_TRY(co_await receive(*stream, env.loop, size));
  CO_TRY(co_await stream->write_all(text, env.loop, seconds_us(10)));
  stream->shutdown_write();
  co_return text;
}

TEST_CASE_FIXTURE(Fixture, "bytes pass both ways over TLS 1.3 in any size, and the protocol is http/1.1") {
  for (size_t size : {size_t{1}, size_t{16'384}, size_t{16'385}, size_t{3'000'000}}) {
    std::string sent(size, 'x');
    for (size_t i = 0; i < size; i += 7) sent[i] = static_cast<char>('a' + i % 23);
    std::string answered, protocol;
    auto outcome = with_client(
        [&] {
          Client client(port());
          if (!client.handshake() || !client.send(sent)) return;
          protocol = client.protocol();
          answered = client.receive(size + 1);
        },
        echo_once(*env, *listener, size));
    REQUIRE(outcome.has_value());
    CHECK(*outcome == sent);
    CHECK(answered == sent);
    CHECK_EQ(protocol, "http/1.1");
  }
}

Task<void> echo_in_background(Env& env, Listener& listener, size_t size) {
  (void)co_await echo_once(env, listener, size);
}

Task<Result<std::string>> ask(Env& env, Address address, std::string name) {
  Monotonic deadline = env.loop.now() + seconds_us(10);
  auto stream = CO_TRY(co_await connect_tls(env, std::move(address), std::move(name), deadline));
  CO_TRY(co_await stream->write_all("bonjour", env.loop, seconds_us(10)));
  co_return co_await receive(*stream, env.loop, 8);
}

TEST_CASE_FIXTURE(
    Fixture,
    "as a client: only who proves the name that was called, by a trusted certificate, is talked to") {
  // Read once in a process: this is the only test that connects as a client.
  ::setenv("SSL_CERT_FILE", certificate_path, 1);
  auto call = [&](const std::string& name) {
    spawn(echo_in_background(*env, *listener, 7));
    return run_task(env->loop, ask(*env, {"127.0.0.1", port()}, name));
  };
  auto answered = call("first.example");
  REQUIRE(answered);
  CHECK(*answered == "bonjour");
  for (const char* name : {"other.example", "127.0.0.1"}) {
    auto refused = call(name);
    REQUIRE_FALSE(refused);
    CHECK(refused.error().is(tls_refused));
  }
  write_certificate("first.example");
  REQUIRE(tls->reload());
  auto stranger = call("first.example");
  REQUIRE_FALSE(stranger);
  CHECK(stranger.error().is(tls_refused));
}

TEST_CASE_FIXTURE(Fixture, "small parts, large parts and files are sealed in order") {
  std::string large(40'000, 'L'), answered;
  auto send_mixed = [](Env& on, Listener& from, const std::string& bulk) -> Task<Result<void>> {
    auto stream = CO_TRY(co_await from.accept());
    CO_TRY(co_await receive(*stream, on.loop, 1));
    iovec parts[] = {{const_cast<char*>("head"), 4},
                     {nullptr, 0},
                     {const_cast<char*>(bulk.data()), bulk.size()},
                     {const_cast<char*>("tail"), 4}};
    CO_TRY(co_await stream->write_all(parts, on.loop, seconds_us(10)));
    auto file = CO_TRY(on.fs.create("tls_test_file.tmp"));
    CO_TRY(file->write_at(0, as_bytes("0123456789")));
    size_t sent = CO_TRY(stream->try_send_file(file->descriptor(), 2, 6));
    CHECK_EQ(sent, 6);
    CO_TRY(on.fs.remove("tls_test_file.tmp"));
    stream->shutdown_write();
    co_return {};
  };
  auto outcome = with_client(
      [&] {
        Client client(port());
        if (client.handshake() && client.send("?")) answered = client.receive(100'000);
      },
      send_mixed(*env, *listener, large));
  CHECK(outcome.has_value());
  CHECK(answered == "head" + large + "tail234567");
}

TEST_CASE_FIXTURE(Fixture, "older versions, other protocols and plain text are refused at the handshake") {
  auto refused = [this](auto client_side) {
    bool connected = true;
    auto outcome = with_client([&] { connected = client_side(); }, echo_once(*env, *listener, 1));
    CHECK_FALSE(connected);
    return outcome.error();
  };
  CHECK_EQ(refused([&] { return Client(port(), TLS1_2_VERSION).handshake(); }).code(), Code::cancelled);
  CHECK_EQ(refused([&] { return Client(port(), TLS1_3_VERSION, "\x02h2").handshake(); }).code(),
           Code::cancelled);
  CHECK_EQ(refused([&] {
             Client client(port());
             return ::write(client.socket(), "GET / HTTP/1.1\r\n\r\n", 18) != 18;
           }).code(),
           Code::cancelled);
}

TEST_CASE_FIXTURE(Fixture, "a client that never speaks meets the deadline") {
  auto wait = [](Env& on, Listener& from) -> Task<Result<void>> {
    auto stream = CO_TRY(co_await from.accept());
    co_return co_await stream->readable(on.loop.now() + millis_us(20));
  };
  Client silent(port());
  CHECK(run_task(env->loop, wait(*env, *listener)).error().is(reasons::timeout));
}

TEST_CASE_FIXTURE(Fixture, "a new certificate serves new connections; those that live go on with theirs") {
  auto serve = [](Env& on, Listener& from, TlsContext& context) -> Task<Result<void>> {
    auto first = CO_TRY(co_await from.accept());
    CO_TRY(co_await receive(*first, on.loop, 1));
    write_certificate("second.example");
    CO_TRY(context.reload());
    CO_TRY(co_await first->write_all("reloaded", on.loop, seconds_us(10)));
    auto second = CO_TRY(co_await from.accept());
    CO_TRY(co_await receive(*second, on.loop, 1));
    CO_TRY(co_await first->write_all("still here", on.loop, seconds_us(10)));
    co_return {};
  };
  std::string before, after, alive;
  auto outcome = with_client(
      [&] {
        Client first(port());
        if (!first.handshake() || !first.send("1") || first.receive(8) != "reloaded") return;
        before = first.server_name();
        Client second(port());
        if (!second.handshake() || !second.send("2")) return;
        after = second.server_name();
        alive = first.receive(10);
      },
      serve(*env, *listener, *tls));
  CHECK(outcome.has_value());
  CHECK_EQ(before, "first.example");
  CHECK_EQ(after, "second.example");
  CHECK_EQ(alive, "still here");
}

TEST_CASE_FIXTURE(Fixture, "a key that does not fit keeps the certificate in use and says why") {
  auto key = env->fs.create(key_path).value();
  CHECK(key->write_at(0, as_bytes("-----BEGIN NOTHING-----")).has_value());
  CHECK(tls->reload().error().is(reasons::malformed));
  CHECK(env->net.load_tls({"absent.pem", key_path}).error().detail.find("absent.pem") != std::string::npos);
  bool connected = false;
  auto outcome = with_client(
      [&] {
        Client client(port());
        connected = client.handshake() && client.send("x");
      },
      echo_once(*env, *listener, 1));
  CHECK(connected);
}

TEST_CASE_FIXTURE(Fixture, "an end with close_notify and an end without are both the end") {
  for (bool polite : {true, false}) {
    auto outcome = with_client(
        [&] {
          Client client(port());
          if (client.handshake() && client.send("abc") && polite) client.end();
        },
        echo_once(*env, *listener, 4));
    // What was sent has arrived; the answer may or may not have met a closed door.
    CHECK((outcome.has_value() ? *outcome == "abc" : outcome.error().code() == Code::cancelled));
  }
}

}  // namespace
}  // namespace parvis
