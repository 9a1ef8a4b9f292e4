#pragma once
// Calls of this server to addresses that people give it (webhooks): one POST over HTTP/1.1, no redirects.
// What they name is resolved once and then called by number, and a number of this house's own networks is
// refused: otherwise a person could have the server knock at doors that are closed to them. Loop thread only.
#include <string>
#include <utility>
#include <vector>

#include "platform/env.h"
#include "platform/thread_pool.h"
#include "proto/forwarded.h"
#include "proto/web_address.h"

namespace parvis {

namespace reasons {
inline constexpr Reason address_not_allowed{
    Code::invalid, "address_not_allowed",
    "Le service n’appelle pas cette adresse : elle n’est pas publique, ou n’est pas en https.",
    "The service does not call this address: it is not public, or not https."};
inline constexpr Reason no_reply{Code::unavailable, "no_reply", "Aucune réponse compréhensible n’est venue.",
                                 "No intelligible reply came."};
}  // namespace reasons

class Outgoing {
 public:
  static constexpr int64_t patience_us = seconds_us(15);  // for everything: name, connection, reply
  static constexpr size_t max_body_bytes = 256 << 10;

  /// `allowed`: networks that may be called although they are not public, and without TLS.
  Outgoing(Env& env, std::vector<proto::IpNetwork> allowed) : env_(env), allowed_(std::move(allowed)) {}

  /// As far as the text tells: the name's addresses are only known when it is called.
  Result<proto::WebAddress> check(const std::string& url) const;
  using Headers = std::vector<std::pair<std::string, std::string>>;
  /// The reply's status, whatever it is; an error when there was none.
  Task<Result<int>> post(std::string url, Headers headers, std::string body);

 private:
  Result<void> check_number(const std::string& address, bool secure) const;
  Task<Result<std::vector<std::string>>> numbers_of(std::string host);
  Task<Result<int>> exchange(std::unique_ptr<Stream> stream, std::string request, Monotonic deadline);
  Env& env_;
  std::vector<proto::IpNetwork> allowed_;
  /// From the first name on: names can take seconds, and files must not wait for them.
  std::unique_ptr<ThreadPool> names_;
};

/// Reached from anywhere, and nobody's own: no loopback, private, link-local, shared, documentation,
/// multicast, translated or reserved address.
bool is_public(const proto::IpAddress& address);

}  // namespace parvis
