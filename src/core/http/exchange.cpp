#include "core/http/exchange.h"

#include <algorithm>

#include "core/http/connection.h"

namespace parvis::http {

void Exchange::clear() {
  constexpr size_t kept_bytes = 4 << 10;  // a rare huge head must not stay in the pool
  if (bytes.capacity() > kept_bytes) std::string().swap(bytes);
  request = Request{};
  body = ConnectionBody{};
  traffic = {};
}

void ConnectionBody::begin(Connection& connection, const proto::RequestHead& head, uint64_t max_bytes) {
  connection_ = &connection;
  content_length_ = head.content_length;
  if (!head.chunked && !content_length_) content_length_ = 0;
  max_bytes_ = max_bytes;
  started_ = connection.core().env.loop.now();
  chunked_ = head.chunked;
  finished_ = !head.has_body();
  expect_continue_ = head.expect_continue && !finished_;
}

std::optional<uint64_t> ConnectionBody::left() const {
  if (finished_) return 0;
  if (chunked_ || failed_) return std::nullopt;
  return *content_length_ - bytes_read_;
}

Monotonic ConnectionBody::deadline() const {
  auto& core = connection_->core();
  Monotonic by_rate =
      started_ + rate_grace_us + static_cast<int64_t>(bytes_read_) * (1'000'000 / min_bytes_per_second);
  return std::min(core.env.loop.now() + core.limits.body_stall_timeout_us, by_rate);
}

Task<Result<void>> ConnectionBody::send_continue() {
  auto& core = connection_->core();
  co_return co_await connection_->stream().write_all("HTTP/1.1 100 Continue\r\n\r\n", core.env.loop,
                                                     core.limits.write_stall_timeout_us);
}

Result<size_t> ConnectionBody::decode_chunks(std::span<uint8_t> into) {
  // Decoding only shrinks, so the wire's bytes may land in the caller's memory first.
  size_t available = TRY(connection_->take_bytes(into));
  if (available == 0) return 0;
  auto progress = TRY(decoder_.decode(into.first(available), into));
  finished_ = progress.done;
  if (progress.consumed < available) {
    connection_->put_back(into.subspan(progress.consumed, available - progress.consumed));
  }
  return progress.produced;
}

Result<size_t> ConnectionBody::try_read(std::span<uint8_t> into) {
  size_t count = 0;
  if (chunked_) {
    count = TRY(decode_chunks(into));
  } else {
    uint64_t left_bytes = *content_length_ - bytes_read_;
    count = TRY(connection_->take_bytes(into.first(std::min<uint64_t>(into.size(), left_bytes))));
    finished_ = count == left_bytes;
  }
  bytes_read_ += count;
  if (bytes_read_ > max_bytes_) return fail(reasons::too_large, "body past the route's limit");
  return count;
}

Task<Result<size_t>> ConnectionBody::read(std::span<uint8_t> into) {
  if (failed_) co_return fail(reasons::cancelled, "the body failed before");
  if (into.empty() || finished_) co_return 0;
  if (std::exchange(expect_continue_, false) && !connection_->has_buffered()) {
    if (auto sent = co_await send_continue(); !sent) {
      failed_ = true;
      co_return std::unexpected(std::move(sent).error());
    }
  }
  while (true) {
    auto count = try_read(into);
    if (count && (*count > 0 || finished_)) co_return *count;
    if (count && !connection_->has_buffered()) {
      auto ready = co_await connection_->stream().readable(deadline());
      if (ready) continue;
      count = std::unexpected(std::move(ready).error());
    }
    if (count) continue;
    failed_ = true;
    co_return std::unexpected(std::move(count).error());
  }
}

}  // namespace parvis::http
