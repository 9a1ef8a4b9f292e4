#pragma once
#include <memory>
#include <string>
#include <vector>

#include "core/context.h"

namespace parvis {

class Documents;

struct MeetingsOptions {
  std::string bind_host = "0.0.0.0";
  uint16_t media_port = 0;               // UDP; 0 = any free one
  std::vector<std::string> media_hosts;  // numeric addresses that clients reach; empty = bind_host
};

struct MeetingsModule : Module {
  /// Where the notes of meetings are kept. Without it a meeting has none.
  virtual void use_documents(Documents& documents) = 0;
  virtual uint16_t media_port() const = 0;  // after start(); 0 before
};
std::unique_ptr<MeetingsModule> make_meetings_module(Context& context, MeetingsOptions options);

}  // namespace parvis
