#include "proto/websocket_deflate.h"

#include <zlib.h>

#include <algorithm>
#include <array>
#include <cstdint>
#include <utility>

#include "base/check.h"
#include "proto/ascii.h"
#include "proto/websocket.h"

namespace parvis::proto {
namespace {

/// Every message ends with this empty block, which is left out on the wire (RFC 7692 section 7.2.1).
constexpr std::string_view tail("\x00\x00\xff\xff", 4);
constexpr int level = 3;  // two thirds of the time of level 6 for a few per cent of size on chat JSON
constexpr int window_bits = 15;

struct Parameter {
  std::string_view name, value;
};
Parameter split(std::string_view text) {
  size_t equals = text.find('=');
  if (equals == std::string_view::npos) return {text, {}};
  auto value = ascii::trim(text.substr(equals + 1));
  if (value.size() >= 2 && value.front() == '"' && value.back() == '"')
    value = value.substr(1, value.size() - 2);
  return {ascii::trim(text.substr(0, equals)), value};
}

/// 8 to 15, or 0 when it is not that.
int window(std::string_view value) {
  if (value.size() == 1 && (value[0] == '8' || value[0] == '9')) return value[0] - '0';
  if (value.size() == 2 && value[0] == '1' && value[1] >= '0' && value[1] <= '5') return 10 + value[1] - '0';
  return 0;
}

/// The answer to one offer; nullopt to pass over it.
std::optional<std::string> answer(std::string_view offer) {
  std::string out = "permessage-deflate; server_no_context_takeover; client_no_context_takeover";
  bool first = true, acceptable = true;
  bool server_bits = false, client_bits = false, server_takeover = false, client_takeover = false;
  for_each_element(offer, ';', [&](std::string_view part) {
    if (std::exchange(first, false)) return acceptable = part == "permessage-deflate";
    auto [name, value] = split(part);
    bool* seen = name == "server_no_context_takeover"   ? &server_takeover
                 : name == "client_no_context_takeover" ? &client_takeover
                 : name == "server_max_window_bits"     ? &server_bits
                 : name == "client_max_window_bits"     ? &client_bits
                                                        : nullptr;
    if (!seen || std::exchange(*seen, true)) return acceptable = false;
    if (seen == &server_bits) {
      acceptable = window(value) == window_bits;
      out += "; server_max_window_bits=15";
    } else if (seen == &client_bits) {
      acceptable = value.empty() || window(value) != 0;
    } else {
      acceptable = value.empty();
    }
    return acceptable;
  });
  if (first || !acceptable) return std::nullopt;
  return out;
}

}  // namespace

std::optional<std::string> negotiate_deflate(std::string_view extensions) {
  std::optional<std::string> chosen;
  for_each_element(extensions, ',', [&](std::string_view offer) {
    chosen = answer(offer);
    return !chosen;
  });
  return chosen;
}

struct MessageDeflate::Streams {
  z_stream out{};  // compression
  z_stream in{};   // inflation
};

MessageDeflate::MessageDeflate() : streams_(std::make_unique<Streams>()) {
  CHECK(deflateInit2(&streams_->out, level, Z_DEFLATED, -window_bits, 8, Z_DEFAULT_STRATEGY) == Z_OK);
  CHECK(inflateInit2(&streams_->in, -window_bits) == Z_OK);
}

MessageDeflate::~MessageDeflate() {
  deflateEnd(&streams_->out);
  inflateEnd(&streams_->in);
}

std::string MessageDeflate::compress(std::string_view message) {
  auto& stream = streams_->out;
  deflateReset(&stream);
  std::string out(deflateBound(&stream, message.size()) + 16, '\0');
  stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(message.data()));
  stream.avail_in = static_cast<uInt>(message.size());
  stream.next_out = reinterpret_cast<Bytef*>(out.data());
  stream.avail_out = static_cast<uInt>(out.size());
  CHECK(deflate(&stream, Z_SYNC_FLUSH) == Z_OK && stream.avail_in == 0);
  out.resize(out.size() - stream.avail_out);
  CHECK(out.ends_with(tail));
  out.resize(out.size() - tail.size());
  if (out.empty())
    out.push_back('\0');  // an empty message is one empty stored block's first byte (section 7.2.3.6)
  return out;
}

std::expected<std::string, uint16_t> MessageDeflate::inflate(std::string_view compressed, size_t max_bytes) {
  auto& stream = streams_->in;
  inflateReset(&stream);
  const size_t limit = std::min(max_bytes, free_bytes + max_ratio * compressed.size());
  std::string out;
  std::array<char, 16 << 10> block;
  bool ended = false;
  for (auto input : {compressed, tail}) {
    stream.next_in = reinterpret_cast<Bytef*>(const_cast<char*>(input.data()));
    stream.avail_in = static_cast<uInt>(input.size());
    while (!ended) {
      stream.next_out = reinterpret_cast<Bytef*>(block.data());
      stream.avail_out = static_cast<uInt>(block.size());
      int status = ::inflate(&stream, Z_SYNC_FLUSH);
      size_t count = block.size() - stream.avail_out;
      if (out.size() + count > limit) return std::unexpected(close_code::too_big);
      out.append(block.data(), count);
      // A final block ends the stream early; what follows it is not ours to interpret (section 7.2.3.4).
      if (status == Z_STREAM_END) ended = true;
      if (status != Z_OK && status != Z_STREAM_END && status != Z_BUF_ERROR) {
        return std::unexpected(close_code::invalid_data);
      }
      if (stream.avail_out != 0) break;
    }
  }
  return out;
}

}  // namespace parvis::proto
