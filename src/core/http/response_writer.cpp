#include "core/http/response_writer.h"

#include <algorithm>
#include <charconv>

#include "proto/ascii.h"
#include "proto/http1_chunked.h"
#include "proto/http1_response.h"

namespace parvis::http {
namespace {

/// Framing belongs to the server alone.
bool framing_header(std::string_view name) {
  switch (name.size()) {
    case 4:
      return same_header(name, "date");
    case 10:
      return same_header(name, "connection");
    case 14:
      return same_header(name, "content-length");
    case 17:
      return same_header(name, "transfer-encoding");
    default:
      return false;
  }
}

uint64_t size_in_memory(const Response& response) {
  uint64_t size = response.body.size();
  for (const auto& piece : response.pieces) size += piece->size();
  return size;
}

}  // namespace

void ResponseWriter::append_headers(const Response& response) {
  for (const auto& [name, value] : response.headers) {
    if (!framing_header(name)) proto::append_header(out_, name, value);
  }
  out_.append("Date: ").append(core_.date()).append("\r\n");
}

/// How the reader finds the end of the body (RFC 9112 section 6).
void ResponseWriter::append_framing(const Response& response, bool& keep_alive) {
  uint64_t size = size_in_memory(response) + (response.file ? response.file->size : 0);
  auto stated = response.header("Content-Length");
  bool empty = size == 0 && !response.generator;
  if (response.status == 101) {
    out_.append("Connection: Upgrade\r\n\r\n");
    return;
  }
  if (!proto::status_has_body(response.status)) {
    body_wanted_ = false;
  } else if (!stated.empty() && (response.generator || (empty && head_.method == "HEAD"))) {
    proto::append_header(out_, "Content-Length", stated);
  } else if (!response.generator) {
    proto::append_header(out_, "Content-Length", size);
  } else if (head_.minor_version == 1) {
    chunked_ = true;
    out_.append("Transfer-Encoding: chunked\r\n");
  } else {
    keep_alive = false;  // HTTP/1.0 reads to the end
  }
  if (head_.method == "HEAD") body_wanted_ = false;
  if (!keep_alive) {
    out_.append("Connection: close\r\n");
  } else if (head_.minor_version == 0) {
    out_.append("Connection: keep-alive\r\n");
  }
  out_.append("\r\n");
}

void ResponseWriter::serialise(const Response& response, bool& keep_alive) {
  out_.reserve(512);
  proto::append_status_line(out_, response.status);
  append_headers(response);
  append_framing(response, keep_alive);
  if (chunked_ && body_wanted_ && size_in_memory(response) > 0) {
    proto::append_chunk_head(out_, size_in_memory(response));
  }
}

size_t ResponseWriter::gather(const Response& response, std::span<iovec> out) const {
  size_t count = 0;
  auto add = [&](const std::string& text) {
    if (!text.empty()) out[count++] = {const_cast<char*>(text.data()), text.size()};
  };
  add(out_);
  if (!body_wanted_) return count;
  add(response.body);
  for (const auto& piece : response.pieces) add(*piece);
  static const std::string end_of_chunk = "\r\n";
  if (chunked_ && count > 1) add(end_of_chunk);
  return count;
}

bool ResponseWriter::try_write_at_once(Response& response, bool& keep_alive) {
  serialise(response, keep_alive);
  if (response.pieces.size() + 3 > small_parts) return false;
  std::array<iovec, small_parts> parts;
  size_t count = gather(response, parts);
  size_t total = 0;
  for (size_t i = 0; i < count; ++i) total += parts[i].iov_len;
  auto written = stream_.try_write({parts.data(), count});
  if (!written) {
    failed_ = true;
    return false;
  }
  written_ = *written;
  traffic_.bytes_out += written_;
  return written_ == total && (!body_wanted_ || (!response.file && !response.generator));
}

Task<bool> ResponseWriter::write(Response& response) {
  if (failed_) co_return false;
  if (!co_await write_bytes(response)) co_return false;
  if (!body_wanted_) co_return true;
  if (response.file) co_return co_await write_file(std::move(*response.file));
  if (response.generator) co_return co_await write_stream(std::move(response.generator));
  co_return true;
}

Task<bool> ResponseWriter::write_bytes(Response& response) {
  std::vector<iovec> parts(response.pieces.size() + 3);
  parts.resize(gather(response, parts));
  size_t skip = written_;
  size_t total = 0;
  auto first = parts.begin();
  while (first != parts.end() && skip >= first->iov_len) skip -= (first++)->iov_len;
  parts.erase(parts.begin(), first);
  if (parts.empty()) co_return true;
  parts.front().iov_base = static_cast<char*>(parts.front().iov_base) + skip;
  parts.front().iov_len -= skip;
  for (const auto& part : parts) total += part.iov_len;
  auto done = co_await stream_.write_all(parts, core_.env.loop, core_.limits.write_stall_timeout_us);
  traffic_.bytes_out += total;
  co_return done.has_value();
}

/// Sends some of the file; advances `file`.
Task<Result<void>> ResponseWriter::send_part(FileBody& file) {
  auto& loop = core_.env.loop;
  if (file.file->descriptor() >= 0) {
    size_t sent = CO_TRY(stream_.try_send_file(file.file->descriptor(), file.offset,
                                               static_cast<size_t>(std::min<uint64_t>(file.size, 1 << 20))));
    file.offset += sent;
    file.size -= sent;
    traffic_.bytes_out += sent;
    if (sent == 0) CO_TRY(co_await stream_.writable(loop.now() + core_.limits.write_stall_timeout_us));
    co_return {};
  }
  auto wanted = static_cast<size_t>(std::min<uint64_t>(file.size, 64 << 10));
  auto block = CO_TRY(co_await core_.env.disk.run_result(
      [source = file.file, offset = file.offset, wanted]() -> Result<std::string> {
        std::string bytes(wanted, '\0');
        size_t count = TRY(source->read_at(offset, {reinterpret_cast<uint8_t*>(bytes.data()), bytes.size()}));
        if (count == 0) return fail(reasons::corrupt, "file shorter than announced");
        bytes.resize(count);
        return bytes;
      }));
  CO_TRY(co_await stream_.write_all(block, loop, core_.limits.write_stall_timeout_us));
  file.offset += block.size();
  file.size -= block.size();
  traffic_.bytes_out += block.size();
  co_return {};
}

Task<bool> ResponseWriter::write_file(FileBody file) {
  while (file.size > 0) {
    auto sent = co_await send_part(file);
    if (!sent) co_return false;
  }
  co_return true;
}

Task<bool> ResponseWriter::write_stream(BodyGenerator generator) {
  auto& loop = core_.env.loop;
  while (true) {
    auto chunk = co_await generator();
    // Cutting the connection is the only way left to say that the body is not whole.
    if (!chunk) co_return false;
    std::string head, tail;
    if (chunked_) {
      if (!chunk->empty()) proto::append_chunk_head(head, chunk->size());
      tail = chunk->empty() ? proto::last_chunk : "\r\n";
    }
    std::array<iovec, 3> parts = {iovec{head.data(), head.size()}, iovec{chunk->data(), chunk->size()},
                                  iovec{tail.data(), tail.size()}};
    auto written = co_await stream_.write_all(parts, loop, core_.limits.write_stall_timeout_us);
    if (!written) co_return false;
    traffic_.bytes_out += head.size() + chunk->size() + tail.size();
    if (chunk->empty()) co_return true;
  }
}

}  // namespace parvis::http
