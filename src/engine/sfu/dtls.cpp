#include "engine/sfu/dtls.h"

#include <openssl/ec.h>
#include <openssl/err.h>
#include <openssl/ssl.h>
#include <openssl/x509.h>

#include <algorithm>
#include <cstring>

namespace parvis::sfu {
namespace {

constexpr long mtu = 1'200;
constexpr size_t record_header = 13;
constexpr const char* profiles =
    "SRTP_AEAD_AES_128_GCM:SRTP_AES128_CM_SHA1_80";  // in our order of preference
constexpr long valid_seconds = 30L * 24 * 3600;

// WebRTC certificates are self-signed: the fingerprint is compared when the handshake ends.
int accept_any(int, X509_STORE_CTX*) { return 1; }

std::string fingerprint_of(X509* certificate) {
  std::array<uint8_t, EVP_MAX_MD_SIZE> digest;
  unsigned length = 0;
  X509_digest(certificate, EVP_sha256(), digest.data(), &length);
  std::string out = "sha-256 ";
  constexpr char digits[] = "0123456789ABCDEF";
  for (unsigned i = 0; i < length; ++i) {
    if (i) out += ':';
    out += digits[digest[i] >> 4];
    out += digits[digest[i] & 15];
  }
  return out;
}

bool same_fingerprint(std::string_view a, std::string_view b) {
  return std::ranges::equal(a, b, [](char x, char y) {
    auto upper = [](char c) { return c >= 'a' && c <= 'z' ? static_cast<char>(c - 'a' + 'A') : c; };
    return upper(x) == upper(y);
  });
}

SSL_CTX* make_context(bool server, X509* certificate, EVP_PKEY* key) {
  SSL_CTX* context = SSL_CTX_new(server ? DTLS_server_method() : DTLS_client_method());
  if (!context) return nullptr;
  SSL_CTX_set_min_proto_version(context, DTLS1_2_VERSION);
  SSL_CTX_set_cipher_list(context, "ECDHE+AESGCM:ECDHE+CHACHA20");
  SSL_CTX_set_verify(context, SSL_VERIFY_PEER | SSL_VERIFY_FAIL_IF_NO_PEER_CERT, accept_any);
  SSL_CTX_set_options(context, SSL_OP_NO_QUERY_MTU | SSL_OP_NO_TICKET | SSL_OP_NO_RENEGOTIATION);
  SSL_CTX_set_session_cache_mode(context, SSL_SESS_CACHE_OFF);
  SSL_CTX_set_read_ahead(context, 1);
  bool good = SSL_CTX_use_certificate(context, certificate) == 1 &&
              SSL_CTX_use_PrivateKey(context, key) == 1 &&
              SSL_CTX_set_tlsext_use_srtp(context, profiles) == 0;
  if (!good) {
    SSL_CTX_free(context);
    return nullptr;
  }
  return context;
}

SSL* as_ssl(void* ssl) { return static_cast<SSL*>(ssl); }

}  // namespace

Result<std::shared_ptr<Certificate>> Certificate::make() {
  std::shared_ptr<Certificate> out(new Certificate);
  EVP_PKEY* key = EVP_EC_gen("P-256");
  X509* x509 = X509_new();
  if (key && x509) {
    X509_set_version(x509, 2);
    ASN1_INTEGER_set(X509_get_serialNumber(x509), 1);
    X509_gmtime_adj(X509_getm_notBefore(x509), -24L * 3600);
    X509_gmtime_adj(X509_getm_notAfter(x509), valid_seconds);
    X509_NAME* name = X509_get_subject_name(x509);
    X509_NAME_add_entry_by_txt(name, "CN", MBSTRING_ASC, reinterpret_cast<const unsigned char*>("media"), -1,
                               -1, 0);
    X509_set_issuer_name(x509, name);
    X509_set_pubkey(x509, key);
    if (X509_sign(x509, key, EVP_sha256()) > 0) {
      out->fingerprint_ = fingerprint_of(x509);
      out->server_context_ = make_context(true, x509, key);
      out->client_context_ = make_context(false, x509, key);
    }
  }
  X509_free(x509);
  EVP_PKEY_free(key);
  if (!out->server_context_ || !out->client_context_)
    return fail(parvis::reasons::internal, "DTLS certificate");
  return out;
}

Certificate::~Certificate() {
  SSL_CTX_free(static_cast<SSL_CTX*>(server_context_));
  SSL_CTX_free(static_cast<SSL_CTX*>(client_context_));
}

Dtls::Dtls(std::shared_ptr<Certificate> certificate, Role role, std::string peer_fingerprint,
           Transmit transmit)
    : certificate_(std::move(certificate)),
      role_(role),
      peer_fingerprint_(std::move(peer_fingerprint)),
      transmit_(std::move(transmit)) {
  bool server = role_ == Role::server;
  SSL* ssl =
      SSL_new(static_cast<SSL_CTX*>(server ? certificate_->server_context_ : certificate_->client_context_));
  SSL_set_bio(ssl, BIO_new(BIO_s_mem()), BIO_new(BIO_s_mem()));
  BIO_set_mem_eof_return(SSL_get_rbio(ssl), -1);
  SSL_set_mtu(ssl, mtu);
  server ? SSL_set_accept_state(ssl) : SSL_set_connect_state(ssl);
  ssl_ = ssl;
}

Dtls::~Dtls() { SSL_free(as_ssl(ssl_)); }

Dtls::Outcome Dtls::start() { return advance(); }

Dtls::Outcome Dtls::receive(ByteView datagram) {
  BIO_write(SSL_get_rbio(as_ssl(ssl_)), datagram.data(), static_cast<int>(datagram.size()));
  return advance();
}

bool Dtls::send(ByteView data) {
  if (!connected_) return false;
  bool sent = SSL_write(as_ssl(ssl_), data.data(), static_cast<int>(data.size())) > 0;
  drain();
  return sent;
}

Dtls::Outcome Dtls::tick() {
  if (connected_) return Outcome::working;
  if (DTLSv1_handle_timeout(as_ssl(ssl_)) < 0) return Outcome::failed;
  drain();
  return Outcome::working;
}

Dtls::Outcome Dtls::advance() {
  SSL* ssl = as_ssl(ssl_);
  ERR_clear_error();
  if (!connected_) {
    int done = SSL_do_handshake(ssl);
    drain();
    if (done != 1) {
      int error = SSL_get_error(ssl, done);
      bool waiting = error == SSL_ERROR_WANT_READ || error == SSL_ERROR_WANT_WRITE;
      return waiting ? Outcome::working : Outcome::failed;
    }
    if (!peer_is_expected() || !export_keys()) return Outcome::failed;
    connected_ = true;
    return Outcome::connected;
  }
  std::array<uint8_t, 2'048> record;
  int length = 0;
  while ((length = SSL_read(ssl, record.data(), record.size())) > 0) {
    if (receiver_) receiver_(ByteView(record).first(static_cast<size_t>(length)));
  }
  drain();
  return SSL_get_shutdown(ssl) & SSL_RECEIVED_SHUTDOWN ? Outcome::closed : Outcome::working;
}

bool Dtls::peer_is_expected() const {
  X509* peer = SSL_get1_peer_certificate(as_ssl(ssl_));
  if (!peer) return false;
  std::string actual = fingerprint_of(peer);
  X509_free(peer);
  return same_fingerprint(actual, peer_fingerprint_);
}

bool Dtls::export_keys() {
  SRTP_PROTECTION_PROFILE* chosen = SSL_get_selected_srtp_profile(as_ssl(ssl_));
  if (!chosen) return false;
  bool gcm = chosen->id == SRTP_AEAD_AES_128_GCM;
  size_t salt = gcm ? 12 : 14;
  constexpr std::string_view label = "EXTRACTOR-dtls_srtp";
  std::array<uint8_t, 60> material;
  size_t needed = 2 * (16 + salt);
  if (SSL_export_keying_material(as_ssl(ssl_), material.data(), needed, label.data(), label.size(), nullptr,
                                 0, 0) != 1) {
    return false;
  }
  SrtpKeys client, server;
  client.profile = server.profile = gcm ? SrtpProfile::aead_aes_128_gcm : SrtpProfile::aes128_cm_sha1_80;
  std::memcpy(client.key.data(), material.data(), 16);
  std::memcpy(server.key.data(), material.data() + 16, 16);
  std::memcpy(client.salt.data(), material.data() + 32, salt);
  std::memcpy(server.salt.data(), material.data() + 32 + salt, salt);
  bool is_server = role_ == Role::server;
  receive_keys_ = is_server ? client : server;
  send_keys_ = is_server ? server : client;
  return true;
}

void Dtls::drain() {
  // Memory has no datagram boundaries: records are packed again, up to the MTU.
  char* data = nullptr;
  BIO* out = SSL_get_wbio(as_ssl(ssl_));
  long length = BIO_get_mem_data(out, &data);
  ByteView left(reinterpret_cast<const uint8_t*>(data), static_cast<size_t>(std::max(length, 0L)));
  while (left.size() > record_header) {
    size_t size = 0;
    while (size + record_header <= left.size()) {
      size_t record = record_header + (size_t{left[size + 11]} << 8 | left[size + 12]);
      if (size > 0 && size + record > static_cast<size_t>(mtu)) break;
      size = std::min(size + record, left.size());
    }
    transmit_(left.first(size));
    left = left.subspan(size);
  }
  (void)BIO_reset(out);
}

}  // namespace parvis::sfu
