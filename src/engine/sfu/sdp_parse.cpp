#include <algorithm>
#include <charconv>

#include "engine/sfu/sdp.h"

namespace parvis::sfu::sdp {
namespace {

constexpr size_t max_value = 4'096;  // bytes of one attribute

/// Takes what stands before `separator`, and the separator.
std::string_view take(std::string_view& text, char separator) {
  size_t end = text.find(separator);
  std::string_view head = text.substr(0, end);
  text.remove_prefix(end == std::string_view::npos ? text.size() : end + 1);
  return head;
}

template <class T>
bool number(std::string_view text, T& out) {
  auto [end, error] = std::from_chars(text.data(), text.data() + text.size(), out);
  return error == std::errc() && end == text.data() + text.size();
}

Direction direction_named(std::string_view name, Direction otherwise) {
  if (name == "sendonly") return Direction::sendonly;
  if (name == "recvonly") return Direction::recvonly;
  if (name == "inactive") return Direction::inactive;
  if (name == "sendrecv") return Direction::sendrecv;
  return otherwise;
}

PayloadType* find(Section& section, std::string_view id) {
  uint8_t value = 0;
  if (!number(id, value)) return nullptr;
  for (auto& type : section.payload_types) {
    if (type.id == value) return &type;
  }
  return nullptr;
}

bool parse_media(std::string_view value, Section& section) {
  std::string_view media = take(value, ' '), port = take(value, ' ');
  if (media == "audio") {
    section.media = Media::audio;
  } else if (media == "video") {
    section.media = Media::video;
  } else if (media == "application") {
    section.media = Media::application;
  } else {
    return false;
  }
  if (!number(take(port, '/'), section.port)) return false;
  section.protocol = take(value, ' ');
  section.rtcp_mux = section.rtcp_rsize = false;
  if (section.media == Media::application) return true;
  while (!value.empty()) {
    uint8_t id = 0;
    if (!number(take(value, ' '), id) || id > 127 || section.payload_types.size() == max_codecs) return false;
    if (!section.payload_type(id)) section.payload_types.push_back({.id = id});
  }
  return true;
}

bool parse_rtpmap(std::string_view value, Section& section) {
  PayloadType* type = find(section, take(value, ' '));
  if (!type) return true;
  type->name = take(value, '/');
  std::string_view rate = take(value, '/');
  if (!number(rate, type->clock_rate)) return false;
  return value.empty() || number(value, type->channels);
}

bool parse_feedback(std::string_view value, Section& section) {
  std::string_view id = take(value, ' ');
  for (auto& type : section.payload_types) {
    if (id != "*" && find(section, id) != &type) continue;
    if (type.feedback.size() < 16) type.feedback.emplace_back(value);
  }
  return true;
}

bool parse_extension(std::string_view value, Section& section) {
  std::string_view id = take(value, ' ');
  Extension extension;
  if (!number(take(id, '/'), extension.id) || extension.id == 0) return false;
  extension.uri = take(value, ' ');
  if (section.extensions.size() == max_extensions) return false;
  section.extensions.push_back(std::move(extension));
  return true;
}

/// RFC 8851 section 10.
bool is_rid(std::string_view text) {
  auto allowed = [](char c) {
    return (c >= '0' && c <= '9') || (c >= 'A' && c <= 'Z') || (c >= 'a' && c <= 'z') || c == '-' || c == '_';
  };
  return !text.empty() && text.size() <= 16 && std::ranges::all_of(text, allowed);
}

bool parse_rid(std::string_view value, Section& section) {
  Rid rid;
  rid.id = take(value, ' ');
  rid.send = take(value, ' ') == "send";
  rid.restrictions = value;
  if (!is_rid(rid.id) || section.rids.size() == max_rids) return false;
  section.rids.push_back(std::move(rid));
  return true;
}

bool parse_simulcast(std::string_view value, Section& section) {
  while (!value.empty()) {
    std::string_view side = take(value, ' '), list = take(value, ' ');
    auto& out = side == "send" ? section.simulcast_send : section.simulcast_receive;
    while (!list.empty()) {
      std::string_view alternatives = take(list, ';');
      std::string_view rid = take(alternatives, ',');
      if (rid.starts_with('~')) rid.remove_prefix(1);
      if (!is_rid(rid) || out.size() == max_rids) return false;
      out.emplace_back(rid);
    }
  }
  return true;
}

bool parse_source(std::string_view value, Section& section) {
  uint32_t ssrc = 0;
  if (!number(take(value, ' '), ssrc)) return false;
  auto source = std::ranges::find(section.sources, ssrc, &Source::ssrc);
  if (source == section.sources.end()) {
    if (section.sources.size() == max_sources) return false;
    source = section.sources.insert(source, Source{.ssrc = ssrc, .cname = {}, .msid = {}});
  }
  std::string_view name = take(value, ':');
  if (name == "cname") source->cname = value;
  if (name == "msid") source->msid = value;
  return true;
}

bool parse_source_group(std::string_view value, Section& section) {
  SourceGroup group;
  group.semantics = take(value, ' ');
  while (!value.empty()) {
    uint32_t ssrc = 0;
    if (!number(take(value, ' '), ssrc) || group.ssrcs.size() == max_sources) return false;
    group.ssrcs.push_back(ssrc);
  }
  if (section.source_groups.size() == max_sources) return false;
  section.source_groups.push_back(std::move(group));
  return true;
}

bool parse_msid(std::string_view value, Section& section) {
  section.stream_id = take(value, ' ');
  section.track_id = take(value, ' ');
  return true;
}

bool parse_fmtp(std::string_view value, Section& section) {
  if (PayloadType* type = find(section, take(value, ' '))) type->parameters = value;
  return true;
}

bool parse_fingerprint(std::string_view value, Section& section) {
  // A certificate may have several; SHA-256 is the one that is checked.
  if (section.fingerprint.empty() || value.starts_with("sha-256 ")) section.fingerprint = value;
  return true;
}

bool parse_candidate(std::string_view value, Section& section) {
  if (section.candidates.size() < max_candidates)
    section.candidates.push_back("candidate:" + std::string(value));
  return true;
}

/// RFC 8866 section 9: visible characters.
bool is_token(std::string_view text) {
  return !text.empty() && std::ranges::all_of(text, [](char c) { return c > 0x20 && c < 0x7f; });
}

struct Handler {
  std::string_view name;
  bool (*parse)(std::string_view value, Section& section);
};

constexpr Handler handlers[] = {
    {"mid", [](std::string_view v, Section& s) { return s.mid = v, v.size() <= 64 && is_token(v); }},
    {"rtpmap", parse_rtpmap},
    {"fmtp", parse_fmtp},
    {"rtcp-fb", parse_feedback},
    {"extmap", parse_extension},
    {"extmap-allow-mixed", [](std::string_view, Section& s) { return s.allow_mixed_extensions = true; }},
    {"msid", parse_msid},
    {"rid", parse_rid},
    {"simulcast", parse_simulcast},
    {"ssrc", parse_source},
    {"ssrc-group", parse_source_group},
    // RFC 9143 section 6: offered with port 0, and not rejected.
    {"bundle-only", [](std::string_view, Section& s) { return s.port = 9, true; }},
    {"rtcp-mux", [](std::string_view, Section& s) { return s.rtcp_mux = true; }},
    {"rtcp-rsize", [](std::string_view, Section& s) { return s.rtcp_rsize = true; }},
    {"sctp-port", [](std::string_view v, Section& s) { return number(v, s.sctp_port); }},
    {"max-message-size", [](std::string_view v, Section& s) { return number(v, s.max_message_size); }},
    {"ice-ufrag", [](std::string_view v, Section& s) { return s.ice_ufrag = v, v.size() <= 256; }},
    {"ice-pwd", [](std::string_view v, Section& s) { return s.ice_pwd = v, v.size() <= 256; }},
    {"fingerprint", parse_fingerprint},
    {"setup", [](std::string_view v, Section& s) { return s.setup = v, true; }},
    {"candidate", parse_candidate},
    {"end-of-candidates", [](std::string_view, Section& s) { return s.end_of_candidates = true; }},
};

bool parse_attribute(std::string_view line, Section& section) {
  std::string_view name = take(line, ':');
  section.direction = direction_named(name, section.direction);
  for (const Handler& handler : handlers) {
    if (handler.name == name) return handler.parse(line, section);
  }
  return true;
}

bool parse_session_line(char type, std::string_view value, Description& out, Section& defaults) {
  if (type == 'o') {
    take(value, ' ');
    out.session_id = take(value, ' ');
    return number(take(value, ' '), out.version);
  }
  if (type != 'a') return true;
  if (value == "ice-lite") out.ice_lite = true;
  if (value.starts_with("group:BUNDLE") && out.bundle.empty()) {
    value.remove_prefix(std::string_view("group:BUNDLE").size());
    take(value, ' ');
    while (!value.empty() && out.bundle.size() < max_sections) out.bundle.emplace_back(take(value, ' '));
    return true;
  }
  return parse_attribute(value, defaults);
}

}  // namespace

Result<Description> parse(std::string_view text) {
  if (text.size() > max_bytes) return fail(malformed, "too large");
  Description out;
  Section defaults;  // attributes of the session, for sections without their own
  size_t line_number = 0;
  while (!text.empty()) {
    std::string_view line = take(text, '\n');
    if (line.ends_with('\r')) line.remove_suffix(1);
    ++line_number;
    if (line.empty()) continue;
    // RFC 8866 section 9: neither NUL nor CR within a line.
    bool bytes = std::ranges::none_of(line, [](char c) { return c == '\0' || c == '\r'; });
    bool good = bytes && line.size() >= 2 && line[1] == '=' && line.size() <= max_value;
    if (!good) return fail(malformed, "line " + std::to_string(line_number));
    std::string_view value = line.substr(2);
    if (line_number == 1 && line != "v=0") return fail(malformed, "version");
    if (line[0] == 'm') {
      if (out.sections.size() == max_sections) return fail(malformed, "too many sections");
      Section section = defaults;
      good = parse_media(value, section);
      out.sections.push_back(std::move(section));
    } else if (out.sections.empty()) {
      good = parse_session_line(line[0], value, out, defaults);
    } else if (line[0] == 'a') {
      good = parse_attribute(value, out.sections.back());
    } else if (line.starts_with("b=AS:")) {
      good = number(line.substr(5), out.sections.back().bandwidth_kbps);
    }
    if (!good) return fail(malformed, "line " + std::to_string(line_number));
  }
  if (line_number == 0) return fail(malformed, "empty");
  return out;
}

}  // namespace parvis::sfu::sdp
