#include "proto/http1_chunked.h"

#include <algorithm>
#include <charconv>
#include <cstring>

#include "proto/ascii.h"
#include "proto/http1_request.h"

namespace parvis::proto {
namespace {

std::unexpected<Error> malformed(const char* detail) { return fail(http_reasons::malformed_head, detail); }
constexpr uint8_t max_size_digits = 15;  // below 2^60: sums of sizes cannot overflow

}  // namespace

Result<void> ChunkedDecoder::size_byte(uint8_t byte) {
  int value = ascii::hex_value(static_cast<char>(byte));
  if (value >= 0) {
    if (++digits_ > max_size_digits) return malformed("chunk size");
    left_ = left_ << 4 | static_cast<uint64_t>(value);
    state_ = State::size;
    return {};
  }
  if (state_ == State::size_first) return malformed("chunk size");
  if (byte == '\r') {
    state_ = State::size_lf;
  } else if (byte == ';' || byte == ' ' || byte == '\t') {
    state_ = State::extension;
  } else {
    return malformed("chunk size");
  }
  return {};
}

Result<void> ChunkedDecoder::extension_byte(uint8_t byte) {
  if (byte == '\r') {
    state_ = State::size_lf;
    return {};
  }
  if (!ascii::is(static_cast<char>(byte), ascii::field_value)) return malformed("chunk extension");
  if (++extension_bytes_ > max_extension_bytes) return fail(http_reasons::head_too_large, "chunk extensions");
  return {};
}

Result<void> ChunkedDecoder::trailer_byte(uint8_t byte) {
  if (byte == '\r') {
    if (trailers_.size() == line_start_) {
      state_ = State::end_lf;
      return {};
    }
    auto line = std::string_view(trailers_).substr(line_start_);
    size_t colon = line.find(':');
    if (colon == std::string_view::npos || colon == 0 || !ascii::all(line.substr(0, colon), ascii::token)) {
      return malformed("trailer");
    }
    state_ = State::trailer_lf;
    return {};
  }
  if (!ascii::is(static_cast<char>(byte), ascii::field_value)) return malformed("trailer");
  if (trailers_.size() >= max_trailer_bytes) return fail(http_reasons::head_too_large, "trailers");
  trailers_.push_back(static_cast<char>(byte));
  return {};
}

Result<void> ChunkedDecoder::control_byte(uint8_t byte) {
  auto expect = [&](uint8_t wanted, State next) -> Result<void> {
    if (byte != wanted) return malformed("chunk line end");
    state_ = next;
    return {};
  };
  switch (state_) {
    case State::size_first:
    case State::size:
      return size_byte(byte);
    case State::extension:
      return extension_byte(byte);
    case State::size_lf:
      return expect('\n', left_ ? State::data : State::trailer);
    case State::data_cr:
      return expect('\r', State::data_lf);
    case State::data_lf:
      digits_ = 0;
      return expect('\n', State::size_first);
    case State::trailer:
      return trailer_byte(byte);
    case State::trailer_lf:
      trailers_ += "\r\n";
      line_start_ = trailers_.size();
      return expect('\n', State::trailer);
    case State::end_lf:
      return expect('\n', State::done);
    case State::data:
    case State::done:
      break;
  }
  return {};
}

Result<ChunkedDecoder::Progress> ChunkedDecoder::decode(ByteView in, std::span<uint8_t> out) {
  Progress progress;
  while (progress.consumed < in.size() && state_ != State::done) {
    if (state_ == State::data) {
      size_t room = out.size() - progress.produced;
      size_t count = std::min(
          {static_cast<size_t>(std::min<uint64_t>(left_, SIZE_MAX)), in.size() - progress.consumed, room});
      if (count == 0) break;  // `out` is full
      std::memmove(out.data() + progress.produced, in.data() + progress.consumed, count);
      progress.consumed += count;
      progress.produced += count;
      left_ -= count;
      if (left_ == 0) state_ = State::data_cr;
      continue;
    }
    TRY(control_byte(in[progress.consumed]));
    ++progress.consumed;
  }
  progress.done = state_ == State::done;
  return progress;
}

void append_chunk_head(std::string& out, uint64_t size) {
  char digits[16];
  auto end = std::to_chars(digits, digits + sizeof digits, size, 16).ptr;
  out.append(digits, end);
  out.append("\r\n");
}

}  // namespace parvis::proto
