#pragma once
// The web app, from memory: precompressed siblings, immutable assets, revalidated pages, preloads for the
// page asked for. Loaded once, at start-up; then loop thread only.
#include <map>
#include <memory>
#include <string>
#include <vector>

#include "core/http/request.h"
#include "platform/fs.h"

namespace parvis::http {

struct StaticLimits {
  size_t max_total_bytes = 64 << 20;
  size_t max_files = 5'000;
  int max_depth = 8;
};

class StaticFiles {
 public:
  /// Reads `directory` and what lies below (blocking). "<file>.br" and "<file>.gz" are <file>'s codings.
  /// preload.json, {"/route-prefix": ["/assets/x.js", ...]}, is used and not served.
  static Result<std::unique_ptr<StaticFiles>> load(Fs& fs, const std::string& directory,
                                                   StaticLimits limits = {});

  /// GET or HEAD. A path without a dot in its last segment that is no file is a route of the app: index.html
  /// answers. reasons::not_found otherwise.
  Result<Response> serve(const Request& request, Instant now) const;
  size_t total_bytes() const { return total_bytes_; }

 private:
  struct Entry {
    SharedBytes plain, gzip, br;
    std::string etag;  // without quotes
    std::string content_type;
  };
  StaticFiles() = default;
  Result<void> load_directory(Fs& fs, const std::string& directory, const std::string& prefix, int depth,
                              const StaticLimits& limits);
  Result<void> load_preloads(Fs& fs, const std::string& path);
  void finish_entries();
  const Entry* find(std::string_view path) const;
  std::string preload_links(std::string_view path) const;

  std::map<std::string, Entry, std::less<>> entries_;         // by path, "/assets/x.js"
  std::map<std::string, std::string, std::less<>> preloads_;  // route prefix to Link value
  size_t total_bytes_ = 0;
};

}  // namespace parvis::http
