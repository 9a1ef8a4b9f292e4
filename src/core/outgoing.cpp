#include "core/outgoing.h"

#include <algorithm>
#include <array>

#include "platform/resolve.h"
#include "platform/tls.h"
#include "proto/http1_reply.h"
#include "proto/http1_response.h"

namespace parvis {
namespace {

constexpr size_t names_waiting = 64;

/// IANA's special-purpose registries (RFC 6890 and after).
const std::vector<proto::IpNetwork>& special_networks() {
  static const std::vector<proto::IpNetwork> networks = *proto::parse_networks(
      {"0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12",
       "192.0.0.0/24", "192.0.2.0/24", "192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24",
       "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4"});
  return networks;
}
/// Of IPv6 only this is given out to the world; inside it, tunnels and documentation.
const proto::IpNetwork& global_unicast() {
  static const auto network = *proto::parse_network("2000::/3");
  return network;
}
const std::vector<proto::IpNetwork>& special_in_global() {
  static const std::vector<proto::IpNetwork> networks =
      *proto::parse_networks({"2001::/23", "2001:db8::/32", "2002::/16", "3fff::/20"});
  return networks;
}

}  // namespace

bool is_public(const proto::IpAddress& address) {
  if (address.is_ipv4()) return !proto::contains(special_networks(), address);
  return global_unicast().contains(address) && !proto::contains(special_in_global(), address);
}

Result<void> Outgoing::check_number(const std::string& text, bool secure) const {
  auto address = proto::parse_ip(text);
  if (!address) return fail(reasons::address_not_allowed, "not numeric");
  if (proto::contains(allowed_, *address)) return {};
  if (!secure || !is_public(*address)) return fail(reasons::address_not_allowed, text);
  return {};
}

Result<proto::WebAddress> Outgoing::check(const std::string& url) const {
  auto address = proto::parse_web_address(url);
  if (!address) return fail(reasons::address_not_allowed, "form");
  if (!address->secure && allowed_.empty()) return fail(reasons::address_not_allowed, "not https");
  if (proto::parse_ip(address->host)) TRY(check_number(address->host, address->secure));
  return *address;
}

Task<Result<std::vector<std::string>>> Outgoing::numbers_of(std::string host) {
  if (proto::parse_ip(host)) co_return std::vector{std::move(host)};
  if (!names_) names_ = std::make_unique<ThreadPool>(env_.loop, 1, names_waiting);
  co_return co_await names_->run_result([host = std::move(host)] { return resolve_host(host); });
}

Task<Result<int>> Outgoing::post(std::string url, Headers headers, std::string body) {
  if (body.size() > max_body_bytes) co_return fail(reasons::too_large, "outgoing body");
  auto address = CO_TRY(check(url));
  Monotonic deadline = env_.loop.now() + patience_us;
  auto numbers = CO_TRY(co_await numbers_of(address.host));
  // All of them must be allowed: a name that also leads inside is not given a second chance.
  for (const auto& number : numbers) CO_TRY(check_number(number, address.secure));
  std::string request = "POST " + address.target + " HTTP/1.1\r\n";
  proto::append_header(request, "Host", address.authority());
  proto::append_header(request, "User-Agent", "Parvis");
  for (const auto& [name, value] : headers) proto::append_header(request, name, value);
  proto::append_header(request, "Content-Length", body.size());
  request += "Connection: close\r\n\r\n" + body;
  auto refused = Error(reasons::no_reply, "no address");
  for (const auto& number : numbers) {
    Address at{number, address.port};
    auto stream = address.secure ? co_await connect_tls(env_, at, address.host, deadline)
                                 : co_await env_.net.connect(at, deadline);
    if (stream) co_return co_await exchange(std::move(*stream), std::move(request), deadline);
    refused = stream.error();
    if (env_.loop.now() >= deadline) break;
  }
  co_return std::unexpected(std::move(refused));
}

Task<Result<int>> Outgoing::exchange(std::unique_ptr<Stream> stream, std::string request,
                                     Monotonic deadline) {
  CO_TRY(co_await stream->write_all(request, env_.loop, std::max<int64_t>(deadline - env_.loop.now(), 1)));
  std::string reply;
  for (;;) {
    std::array<uint8_t, 4096> chunk;
    auto got = stream->try_read(chunk);
    if (!got) co_return fail(reasons::no_reply, got.error().detail);
    if (*got == 0) {
      CO_TRY(co_await stream->readable(deadline));
      continue;
    }
    reply.append(reinterpret_cast<const char*>(chunk.data()), *got);
    auto status = proto::parse_reply_status(reply);
    if (!status) co_return fail(reasons::no_reply, status.error().detail);
    if (*status) co_return **status;
  }
}

}  // namespace parvis
