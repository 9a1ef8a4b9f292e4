#pragma once
// TLS 1.3 (RFC 8446) with OpenSSL directly on the socket. Server side. Loop thread only.
#include "platform/tcp.h"

namespace parvis {

/// Fails with reasons::malformed when the certificate or the key cannot be read or do not match.
Result<std::unique_ptr<TlsContext>> make_tls_context(const TlsFiles& files);
/// `context` must come from make_tls_context() and outlive the listener. Streams keep the certificate they
/// began with.
Result<std::unique_ptr<Listener>> listen_tls_streams(EpollLoop& loop, const Address& address,
                                                     TlsContext& context);

}  // namespace parvis
