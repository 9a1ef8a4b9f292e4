#include "platform/net.h"

#include <algorithm>
#include <array>

namespace parvis {

const Reason Stream::closed{Code::cancelled, "peer_closed", "La connexion a été fermée.",
                            "The connection was closed."};

namespace {

/// Where a gathered write stands.
struct Progress {
  std::span<const iovec> parts;
  size_t offset = 0;  // into parts.front()

  void advance(size_t count) {
    while (!parts.empty() && offset + count >= parts.front().iov_len) {
      count -= parts.front().iov_len - offset;
      offset = 0;
      parts = parts.subspan(1);
    }
    offset += count;
  }
};

/// Plain function, so that its window does not live in the coroutine frame.
Result<size_t> write_window(Stream& stream, const Progress& progress) {
  std::array<iovec, 16> window;
  size_t count = std::min(window.size(), progress.parts.size());
  std::copy_n(progress.parts.begin(), count, window.begin());
  window[0].iov_base = static_cast<char*>(window[0].iov_base) + progress.offset;
  window[0].iov_len -= progress.offset;
  return stream.try_write({window.data(), count});
}

}  // namespace

Task<Result<void>> Stream::write_all(std::span<const iovec> parts, Loop& loop, int64_t timeout_us) {
  Progress progress{parts};
  progress.advance(0);
  while (!progress.parts.empty()) {
    size_t written = CO_TRY(write_window(*this, progress));
    progress.advance(written);
    if (written == 0) CO_TRY(co_await writable(loop.now() + timeout_us));
  }
  co_return {};
}

Task<Result<void>> Stream::write_all(std::string_view text, Loop& loop, int64_t timeout_us) {
  iovec part{const_cast<char*>(text.data()), text.size()};
  co_return co_await write_all(std::span<const iovec>(&part, 1), loop, timeout_us);
}

}  // namespace parvis
