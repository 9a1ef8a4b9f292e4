#pragma once
// What the person who runs Parvis may set: by a file (name = "value" lines), PARVIS_NAME in the environment,
// or --name value; the later of these wins. Unknown names and wrong values are refused before anything
// starts.
#include <functional>
#include <map>
#include <span>
#include <string>
#include <string_view>
#include <vector>

#include "base/result.h"

namespace parvis {

struct Options {
  std::string data = "var";
  std::string listen = "127.0.0.1:8080";
  /// UDP host:port of meetings' media; default: that of `listen`, so that one number passes one firewall.
  std::string media_listen;
  /// Media over TCP, for networks that drop UDP: "off", a port, or (default) the number that media_listen
  /// has. When that is the port of `listen`, web and media share it.
  std::string media_tcp;
  std::vector<std::string> media_hosts;  // numeric addresses clients reach it at; default: the host above
  std::string public_url;                // default: http(s)://<listen>
  std::string server_name;  // Matrix; default: the host of public_url; kept for ever once people exist
  std::string instance_name = "Parvis";
  std::string tls_cert, tls_key;
  std::string database;                      // default: sqlite:<data>/parvis.db
  std::string web;                           // directory of the built web app; "" : API only
  std::vector<std::string> trusted_proxies;  // CIDR, comma separated
  std::vector<std::string> network_paths;    // label=CIDR; only of a house that has no network policy yet
  /// CIDR, comma separated: webhooks may call these though they are not public, and over plain http.
  std::vector<std::string> webhook_networks;
  std::string smtp;                 // numeric host:port of a relay; "" : mail is written to <data>/outbox
  std::string mail_from;            // default: parvis@<server_name>
  std::string log_format = "text";  // or json
  std::string log_level = "info";
  std::string request_rate = "20";  // requests per second that one person may make for long, 1 to 1000000
  bool allow_plain_http = false;    // sign-in over plain HTTP from other machines
  bool demo = false;
  std::map<std::string, std::string> command;  // options of the subcommand itself: --email ...
  std::vector<std::string> words;              // what is no option
};

struct OptionSource {
  std::span<const std::string> arguments;          // after the subcommand
  std::map<std::string, std::string> environment;  // PARVIS_* only
  std::function<Result<std::string>(const std::string& path)> read_file;
  std::span<const std::string_view> command_options;  // names that this subcommand also takes
};
/// `detail` of the error is the sentence to print.
Result<Options> parse_options(const OptionSource& source);

/// "host:port" with a numeric host; "[::1]:8080" for IPv6.
struct HostPort {
  std::string host;
  uint16_t port = 0;
};
Result<HostPort> parse_host_port(std::string_view text);

}  // namespace parvis
