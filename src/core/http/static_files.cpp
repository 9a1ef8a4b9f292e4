#include "core/http/static_files.h"

#include <algorithm>

#include "core/http/conditions.h"
#include "core/http/security_headers.h"
#include "proto/mime.h"
#include "proto/negotiate.h"

namespace parvis::http {
namespace {

constexpr std::string_view index_page = "/index.html";
constexpr std::string_view preload_map = "/preload.json";

/// FNV-1a, 64 bits, with the size: told apart by accident only, which is what a cache needs.
std::string fingerprint(std::string_view bytes) {
  uint64_t hash = 0xcbf29ce484222325;
  for (char c : bytes) hash = (hash ^ static_cast<uint8_t>(c)) * 0x100000001b3;
  std::array<uint8_t, 8> out;
  for (size_t i = 0; i < 8; ++i) out[i] = static_cast<uint8_t>(hash >> (8 * i));
  return to_hex(out) + "-" + std::to_string(bytes.size());
}

Result<std::string> read_file(Fs& fs, const std::string& path, size_t max_bytes) {
  auto file = TRY(fs.open(path));
  uint64_t size = TRY(file->size());
  if (size > max_bytes) return fail(reasons::too_large, path);
  std::string out(size, '\0');
  size_t done = 0;
  while (done < out.size()) {
    size_t count =
        TRY(file->read_at(done, {reinterpret_cast<uint8_t*>(out.data()) + done, out.size() - done}));
    if (count == 0) return fail(reasons::corrupt, path + " changed while it was read");
    done += count;
  }
  return out;
}

std::string link_value(std::string_view path) {
  std::string out = "<" + std::string(path) + ">; rel=";
  if (path.ends_with(".css")) return out + "preload; as=style";
  if (path.ends_with(".woff2")) return out + "preload; as=font; crossorigin";
  return out + "modulepreload";
}

/// "/messages" covers "/messages" and "/messages/x", not "/messagesx"; "/" covers all.
bool covers(std::string_view prefix, std::string_view path) {
  if (!path.starts_with(prefix)) return false;
  return prefix.ends_with('/') || path.size() == prefix.size() || path[prefix.size()] == '/';
}

}  // namespace

Result<std::unique_ptr<StaticFiles>> StaticFiles::load(Fs& fs, const std::string& directory,
                                                       StaticLimits limits) {
  std::unique_ptr<StaticFiles> files(new StaticFiles);
  TRY(files->load_directory(fs, directory, "", 0, limits));
  TRY(files->load_preloads(fs, directory + std::string(preload_map)));
  files->finish_entries();
  return files;
}

Result<void> StaticFiles::load_directory(Fs& fs, const std::string& directory, const std::string& prefix,
                                         int depth, const StaticLimits& limits) {
  if (depth > limits.max_depth) return fail(reasons::too_large, "static files: too deep at " + directory);
  for (const auto& name : TRY(fs.list(directory))) {
    if (name.starts_with('.')) continue;  // the build's own notes
    auto path = directory + "/" + name;
    auto status = TRY(fs.status(path));
    if (status.directory) {
      TRY(load_directory(fs, path, prefix + "/" + name, depth + 1, limits));
      continue;
    }
    if (entries_.size() >= limits.max_files) return fail(reasons::too_large, "too many static files");
    auto bytes = TRY(read_file(fs, path, limits.max_total_bytes - total_bytes_));
    total_bytes_ += bytes.size();
    auto shared = std::make_shared<const std::string>(std::move(bytes));
    auto key = prefix + "/" + name;
    if (key.ends_with(".br")) {
      entries_[key.substr(0, key.size() - 3)].br = std::move(shared);
    } else if (key.ends_with(".gz")) {
      entries_[key.substr(0, key.size() - 3)].gzip = std::move(shared);
    } else {
      entries_[key].plain = std::move(shared);
    }
  }
  return {};
}

Result<void> StaticFiles::load_preloads(Fs& fs, const std::string& path) {
  if (!entries_.contains(preload_map)) return {};
  auto tree = TRY(json::parse(TRY(read_file(fs, path, 1 << 20))));
  entries_.erase(entries_.find(preload_map));
  auto* map = tree.if_object();
  if (!map) return fail(reasons::malformed, "preload.json is not an object");
  for (const auto& item : *map) {
    auto* list = item.value().if_array();
    if (!list) return fail(reasons::malformed, "preload.json: not a list");
    std::string links;
    for (const auto& asset : *list) {
      if (!asset.is_string()) return fail(reasons::malformed, "preload.json: not a path");
      if (!links.empty()) links += ", ";
      links += link_value(std::string_view(asset.get_string()));
    }
    preloads_.emplace(item.key(), std::move(links));
  }
  return {};
}

void StaticFiles::finish_entries() {
  std::erase_if(entries_, [](const auto& item) { return !item.second.plain; });  // a coding without its file
  for (auto& [path, entry] : entries_) {
    entry.etag = fingerprint(*entry.plain);
    entry.content_type = proto::mime_type_of(path);
  }
}

const StaticFiles::Entry* StaticFiles::find(std::string_view path) const {
  auto found = entries_.find(path);
  return found == entries_.end() ? nullptr : &found->second;
}

std::string StaticFiles::preload_links(std::string_view path) const {
  const std::pair<const std::string, std::string>* best = nullptr;
  for (const auto& item : preloads_) {
    if (covers(item.first, path) && (!best || item.first.size() > best->first.size())) best = &item;
  }
  return best ? best->second : std::string();
}

Result<Response> StaticFiles::serve(const Request& request, Instant now) const {
  auto path = request.path;
  const Entry* entry = find(path);
  bool page_name = path.find('.', path.rfind('/') + 1) == std::string_view::npos;
  if (!entry && page_name) entry = find(std::string(path) + ".html");
  if (!entry && page_name) entry = find(index_page);
  if (!entry) return fail(reasons::not_found);
  bool html = entry->content_type.starts_with("text/html");

  proto::Codings available{.gzip = entry->gzip != nullptr, .br = entry->br != nullptr};
  auto coding = proto::choose_coding(request.header("accept-encoding"), available);
  auto etag = "\"" + entry->etag + "-" + std::string(proto::coding_name(coding)) + "\"";
  Response response = Response::empty(200);
  if (html) {
    add_page_security(response, {.devices = path.starts_with("/visio")});
    if (auto links = preload_links(path); !links.empty()) response.set("Link", links);
  } else {
    add_base_security(response);
  }
  response.set("ETag", etag);
  response.set("Cache-Control",
               path.starts_with("/assets/") ? "public, max-age=31536000, immutable" : "no-cache");
  if (available.gzip || available.br) response.set("Vary", "Accept-Encoding");
  auto outcome = proto::evaluate_preconditions(conditions_of(request), {etag, std::nullopt, true}, true, now);
  if (outcome != proto::Precondition::proceed) {
    response.status = outcome == proto::Precondition::not_modified ? 304 : 412;
    return response;
  }
  response.set("Content-Type", entry->content_type);
  if (coding != proto::Coding::identity) response.set("Content-Encoding", proto::coding_name(coding));
  response.pieces.push_back(coding == proto::Coding::br     ? entry->br
                            : coding == proto::Coding::gzip ? entry->gzip
                                                            : entry->plain);
  return response;
}

}  // namespace parvis::http
