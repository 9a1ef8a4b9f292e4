#pragma once
#include <memory>
#include <optional>
#include <string>
#include <vector>

#include "core/context.h"
#include "platform/diversion.h"
#include "proto/forwarded.h"

namespace parvis {

class Conversations;
class Documents;
class NetworkPolicy;

struct MeetingsOptions {
  std::string bind_host = "0.0.0.0";
  uint16_t media_port = 0;  // UDP; 0 = any free one
  /// For networks that drop UDP: on `tcp_port` (0 = the UDP number), or through the web's own port.
  enum class Tcp : uint8_t { off, own_port, web_port };
  Tcp tcp = Tcp::own_port;
  uint16_t tcp_port = 0;
  std::vector<std::string> media_hosts;  // numeric addresses that clients reach; empty = bind_host
  std::vector<proto::IpNetwork> webhook_networks{};  // may be called though not public, and without TLS
};

struct MeetingsModule : Module {
  /// Where the notes of meetings are kept. Without it a meeting has none.
  virtual void use_documents(Documents& documents) = 0;
  /// Where their people write. Without it a meeting has no chat.
  virtual void use_conversations(Conversations& conversations) = 0;
  virtual uint16_t media_port() const = 0;  // after start(); 0 before
  /// MeetingsOptions::Tcp::web_port: what the web's listener is to hand over, after start().
  virtual std::optional<Diversion> diversion() = 0;
};
std::unique_ptr<MeetingsModule> make_meetings_module(Context& context, NetworkPolicy& policy,
                                                     MeetingsOptions options);

}  // namespace parvis
