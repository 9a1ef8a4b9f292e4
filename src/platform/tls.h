#pragma once
// TLS (RFC 8446) with OpenSSL directly on the socket: 1.3 as a server, 1.2 too as a client. Loop thread only.
#include "platform/env.h"
#include "platform/tcp.h"

namespace parvis {

inline constexpr Reason tls_refused{
    Code::unavailable, "tls_refused",
    "La liaison chiffrée n’a pu être établie : certificat ou protocole refusé.",
    "No encrypted connection: its certificate or protocol was refused."};

/// Fails with reasons::malformed when the certificate or the key cannot be read or do not match.
Result<std::unique_ptr<TlsContext>> make_tls_context(const TlsFiles& files);
/// `context` must come from make_tls_context() and outlive the listener. Streams keep the certificate they
/// began with.
Result<std::unique_ptr<Listener>> listen_tls_streams(EpollLoop& loop, const Address& address,
                                                     TlsContext& context);
/// As a client, TLS 1.2 or newer, with hands shaken: the peer has proven to be `name` (a host's name or its
/// numeric address) by a certificate that this machine trusts. tls_refused otherwise. In simulation the same
/// bytes as plain.
Task<Result<std::unique_ptr<Stream>>> connect_tls(Env& env, Address address, std::string name,
                                                  Monotonic deadline);

}  // namespace parvis
