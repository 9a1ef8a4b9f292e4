#include "sim/http_user.h"

#include <charconv>

namespace parvis::simulated {

std::string lower(std::string text) {
  for (char& c : text) {
    if (c >= 'A' && c <= 'Z') c = static_cast<char>(c + 32);
  }
  return text;
}

std::string header_of(const std::string& head, const std::string& name) {
  size_t at = head.find("\r\n" + name + ":");
  if (at == std::string::npos) return "";
  at += name.size() + 3;
  while (head[at] == ' ') ++at;
  return head.substr(at, head.find("\r\n", at) - at);
}

Task<Result<void>> HttpUser::send(std::string bytes) {
  co_return co_await stream_->write_all(bytes, env_.loop, patience_us);
}

Task<Result<void>> HttpUser::need(size_t bytes) {
  while (buffer_.size() < bytes) {
    CO_TRY(co_await stream_->readable(env_.loop.now() + patience_us));
    uint8_t fresh[1500];
    size_t count = CO_TRY(stream_->try_read(fresh));
    buffer_.append(reinterpret_cast<char*>(fresh), count);
  }
  co_return {};
}

Task<Result<std::string>> HttpUser::take_line() {
  size_t end;
  while ((end = buffer_.find("\r\n")) == std::string::npos) CO_TRY(co_await need(buffer_.size() + 1));
  std::string line = buffer_.substr(0, end);
  buffer_.erase(0, end + 2);
  co_return line;
}

Task<Result<void>> HttpUser::read_chunks(std::string& body) {
  for (;;) {
    std::string line = CO_TRY(co_await take_line());
    size_t size = 0;
    auto parsed = std::from_chars(line.data(), line.data() + line.size(), size, 16);
    if (parsed.ec != std::errc() || parsed.ptr != line.data() + line.size()) {
      co_return fail(reasons::malformed, "chunk size: " + line);
    }
    CO_TRY(co_await need(size + 2));
    if (buffer_.compare(size, 2, "\r\n") != 0) co_return fail(reasons::malformed, "chunk end");
    body.append(buffer_, 0, size);
    buffer_.erase(0, size + 2);
    if (size == 0) co_return {};
  }
}

Task<Result<Answer>> HttpUser::receive(bool head_only) {
  Answer answer;
  for (std::string line = CO_TRY(co_await take_line()); !line.empty(); line = CO_TRY(co_await take_line())) {
    answer.head += line + "\r\n";
  }
  answer.head = lower(answer.head);
  if (!answer.head.starts_with("http/1.1 "))
    co_return fail(reasons::malformed, "not an answer: " + answer.head);
  std::from_chars(answer.head.data() + 9, answer.head.data() + 12, answer.status);
  if (answer.status == 100) co_return co_await receive(head_only);
  if (head_only || answer.status == 204 || answer.status == 304 || answer.status == 101) co_return answer;
  if (header_of(answer.head, "transfer-encoding") == "chunked") {
    CO_TRY(co_await read_chunks(answer.body));
  } else {
    size_t size = 0;
    std::string length = header_of(answer.head, "content-length");
    if (length.empty()) co_return fail(reasons::malformed, "no length: " + answer.head);
    std::from_chars(length.data(), length.data() + length.size(), size);
    CO_TRY(co_await need(size));
    answer.body = buffer_.substr(0, size);
    buffer_.erase(0, size);
  }
  co_return answer;
}

Task<Result<std::string>> HttpUser::receive_frame(uint8_t& opcode) {
  CO_TRY(co_await need(2));
  auto byte = [this](size_t at) { return static_cast<uint8_t>(buffer_[at]); };
  opcode = byte(0) & 15;
  size_t size = byte(1) & 127, head = 2;
  if (byte(1) & 128) co_return fail(reasons::malformed, "masked by the server");
  if (size >= 126) {
    head = size == 126 ? 4 : 10;
    CO_TRY(co_await need(head));
    size = 0;
    for (size_t at = 2; at < head; ++at) size = size << 8 | byte(at);
  }
  CO_TRY(co_await need(head + size));
  std::string payload = buffer_.substr(head, size);
  buffer_.erase(0, head + size);
  co_return payload;
}

Task<Result<void>> HttpUser::wait_for_end() {
  for (;;) {
    CO_TRY(co_await stream_->readable(env_.loop.now() + patience_us));
    uint8_t fresh[1500];
    CO_TRY(stream_->try_read(fresh));
  }
}

}  // namespace parvis::simulated
