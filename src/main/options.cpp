#include "main/options.h"

#include <algorithm>
#include <charconv>
#include <functional>

#include "base/utf8.h"
#include "core/session_door.h"
#include "proto/forwarded.h"

namespace parvis {
namespace {

constexpr Reason wrong_option{Code::invalid, "wrong_option", "Option incorrecte.", "Wrong option."};

std::vector<std::string> split_commas(std::string_view text) {
  std::vector<std::string> out;
  while (!text.empty()) {
    size_t comma = std::min(text.find(','), text.size());
    auto part = utf8::trim(text.substr(0, comma));
    if (!part.empty()) out.emplace_back(part);
    text.remove_prefix(std::min(comma + 1, text.size()));
  }
  return out;
}

using Setter = std::function<Result<void>(Options&, const std::string&)>;

Setter text_setter(std::string Options::* member) {
  return [member](Options& options, const std::string& value) -> Result<void> {
    options.*member = value;
    return {};
  };
}
Setter list_setter(std::vector<std::string> Options::* member) {
  return [member](Options& options, const std::string& value) -> Result<void> {
    options.*member = split_commas(value);
    return {};
  };
}
Setter flag_setter(bool Options::* member) {
  return [member](Options& options, const std::string& value) -> Result<void> {
    if (value != "true" && value != "false")
      return fail(wrong_option, "expected true or false, not \"" + value + "\"");
    options.*member = value == "true";
    return {};
  };
}
Setter rate_setter(std::string Options::* member) {
  return [member](Options& options, const std::string& value) -> Result<void> {
    int rate = 0;
    auto read = std::from_chars(value.data(), value.data() + value.size(), rate);
    if (read.ec != std::errc() || read.ptr != value.data() + value.size() || rate < 1 || rate > 1'000'000)
      return fail(wrong_option, "expected 1 to 1000000, not \"" + value + "\"");
    options.*member = value;
    return {};
  };
}
Setter tcp_setter() {
  return [](Options& options, const std::string& value) -> Result<void> {
    uint16_t port = 0;
    auto read = std::from_chars(value.data(), value.data() + value.size(), port);
    bool number = read.ec == std::errc() && read.ptr == value.data() + value.size() && port != 0;
    if (value != "off" && !number) return fail(wrong_option, "expected off or a port, not \"" + value + "\"");
    options.media_tcp = value;
    return {};
  };
}
Setter choice_setter(std::string Options::* member, std::vector<std::string> choices) {
  return [member, choices = std::move(choices)](Options& options, const std::string& value) -> Result<void> {
    if (std::ranges::find(choices, value) == choices.end())
      return fail(wrong_option, "unknown value \"" + value + "\"");
    options.*member = value;
    return {};
  };
}

const std::map<std::string, Setter, std::less<>>& setters() {
  static const std::map<std::string, Setter, std::less<>> all = {
      {"data", text_setter(&Options::data)},
      {"listen", text_setter(&Options::listen)},
      {"media-listen", text_setter(&Options::media_listen)},
      {"media-tcp", tcp_setter()},
      {"media-hosts", list_setter(&Options::media_hosts)},
      {"public-url", text_setter(&Options::public_url)},
      {"server-name", text_setter(&Options::server_name)},
      {"instance-name", text_setter(&Options::instance_name)},
      {"tls-cert", text_setter(&Options::tls_cert)},
      {"tls-key", text_setter(&Options::tls_key)},
      {"database", text_setter(&Options::database)},
      {"web", text_setter(&Options::web)},
      {"trusted-proxies", list_setter(&Options::trusted_proxies)},
      {"network-paths", list_setter(&Options::network_paths)},
      {"webhook-networks", list_setter(&Options::webhook_networks)},
      {"smtp", text_setter(&Options::smtp)},
      {"mail-from", text_setter(&Options::mail_from)},
      {"log-format", choice_setter(&Options::log_format, {"text", "json"})},
      {"log-level", choice_setter(&Options::log_level, {"debug", "info", "warning", "error"})},
      {"request-rate", rate_setter(&Options::request_rate)},
      {"allow-plain-http", flag_setter(&Options::allow_plain_http)},
      {"demo", flag_setter(&Options::demo)},
  };
  return all;
}

bool is_flag(std::string_view name) {
  return name == "demo" || name == "allow-plain-http" || name == "administrator";
}

Result<void> set(Options& options, std::string_view name, const std::string& value, std::string_view where) {
  auto found = setters().find(name);
  if (found == setters().end()) {
    return fail(wrong_option, std::string(where) + ": unknown option \"" + std::string(name) + "\"");
  }
  auto done = found->second(options, value);
  if (!done)
    return fail(wrong_option, std::string(where) + ": " + std::string(name) + ": " + done.error().detail);
  return {};
}

Result<void> read_lines(Options& options, const std::string& path, std::string_view content) {
  for (int number = 1; !content.empty(); ++number) {
    std::string where = path + ":" + std::to_string(number);
    size_t end = std::min(content.find('\n'), content.size());
    auto text = utf8::trim(content.substr(0, end));
    content.remove_prefix(std::min(end + 1, content.size()));
    if (text.empty() || text.front() == '#') continue;
    size_t equals = text.find('=');
    if (equals == std::string_view::npos) return fail(wrong_option, where + ": expected name = \"value\"");
    auto name = utf8::trim(text.substr(0, equals));
    auto value = utf8::trim(text.substr(equals + 1));
    bool quoted = value.size() >= 2 && value.front() == '"' && value.back() == '"';
    if (quoted) value = value.substr(1, value.size() - 2);
    if (!quoted && value != "true" && value != "false")
      return fail(wrong_option, where + ": put the value in quotes");
    if (value.find('"') != std::string_view::npos)
      return fail(wrong_option, where + ": a quote inside the value");
    TRY(set(options, name, std::string(value), where));
  }
  return {};
}

Result<void> read_arguments(Options& options, const OptionSource& source) {
  for (size_t i = 0; i < source.arguments.size(); ++i) {
    const std::string& argument = source.arguments[i];
    if (!argument.starts_with("--")) {
      options.words.push_back(argument);
      continue;
    }
    std::string name = argument.substr(2), value = "true";
    if (size_t equals = name.find('='); equals != std::string::npos) {
      value = name.substr(equals + 1);
      name.resize(equals);
    } else if (!is_flag(name)) {
      if (i + 1 >= source.arguments.size()) return fail(wrong_option, argument + ": a value is missing");
      value = source.arguments[++i];
    }
    if (name == "config") continue;
    if (std::ranges::find(source.command_options, name) != source.command_options.end()) {
      options.command[name] = value;
    } else {
      TRY(set(options, name, value, "--" + name));
    }
  }
  return {};
}

Result<void> complete(Options& options) {
  auto listen = TRY(parse_host_port(options.listen));
  if (options.tls_cert.empty() != options.tls_key.empty()) {
    return fail(wrong_option, "tls-cert and tls-key go together");
  }
  if (options.public_url.empty()) {
    bool any = listen.host == "0.0.0.0" || listen.host == "::";
    std::string host = any ? "127.0.0.1" : listen.host;
    if (host.find(':') != std::string::npos) host = "[" + host + "]";
    options.public_url =
        (options.tls_cert.empty() ? "http://" : "https://") + host + ":" + std::to_string(listen.port);
  }
  while (options.public_url.ends_with('/')) options.public_url.pop_back();
  size_t scheme = options.public_url.find("://");
  bool http = options.public_url.starts_with("http://");
  if (!http && !options.public_url.starts_with("https://")) {
    return fail(wrong_option, "public-url must begin with https:// or http://");
  }
  if (http && !is_loopback_url(options.public_url) && !options.allow_plain_http) {
    return fail(
        wrong_option,
        "public-url is plain HTTP beyond this machine: passwords would travel unencrypted. Use https, or say "
        "--allow-plain-http if something else encrypts.");
  }
  if (options.server_name.empty()) {
    std::string host = options.public_url.substr(scheme + 3);
    options.server_name = host == "127.0.0.1" || host.starts_with("127.0.0.1:") ? "localhost" : host;
  }
  if (options.media_listen.empty()) options.media_listen = options.listen;
  TRY(parse_host_port(options.media_listen));
  if (options.database.empty()) options.database = "sqlite:" + options.data + "/parvis.db";
  if (options.mail_from.empty())
    options.mail_from = "parvis@" + options.server_name.substr(0, options.server_name.find(':'));
  if (!options.smtp.empty()) TRY(parse_host_port(options.smtp));
  TRY(proto::parse_networks(options.webhook_networks));
  return {};
}

}  // namespace

Result<HostPort> parse_host_port(std::string_view text) {
  size_t colon = text.rfind(':');
  if (colon == std::string_view::npos)
    return fail(wrong_option, "expected host:port, not \"" + std::string(text) + "\"");
  std::string_view host = text.substr(0, colon), port = text.substr(colon + 1);
  if (host.starts_with('[') && host.ends_with(']')) host = host.substr(1, host.size() - 2);
  HostPort out{std::string(host), 0};
  auto [end, error] = std::from_chars(port.data(), port.data() + port.size(), out.port);
  if (error != std::errc() || end != port.data() + port.size() || host.empty()) {
    return fail(wrong_option, "expected host:port, not \"" + std::string(text) + "\"");
  }
  return out;
}

Result<Options> parse_options(const OptionSource& source) {
  Options options;
  std::string file;
  if (auto found = source.environment.find("PARVIS_CONFIG"); found != source.environment.end())
    file = found->second;
  for (size_t i = 0; i < source.arguments.size(); ++i) {
    if (source.arguments[i] == "--config" && i + 1 < source.arguments.size()) file = source.arguments[i + 1];
    if (source.arguments[i].starts_with("--config=")) file = source.arguments[i].substr(9);
  }
  if (!file.empty()) {
    auto content = source.read_file(file);
    if (!content) return fail(wrong_option, file + ": cannot be read");
    TRY(read_lines(options, file, *content));
  }
  for (auto& [variable, value] : source.environment) {
    if (variable == "PARVIS_CONFIG") continue;
    std::string name = variable.substr(7);
    for (char& c : name) c = c == '_' ? '-' : static_cast<char>(c >= 'A' && c <= 'Z' ? c - 'A' + 'a' : c);
    if (setters().contains(name))
      TRY(set(options, name, value, variable));  // PARVIS_TEST_… are others' business
  }
  TRY(read_arguments(options, source));
  TRY(complete(options));
  return options;
}

}  // namespace parvis
