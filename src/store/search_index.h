#pragma once
// The one search: every tool's text, with rights decided in the query, before ranking. SQLite FTS5 with
// French stemming, PostgreSQL tsvector. Written in the transaction that changes the text.
#include <optional>
#include <string>
#include <vector>

#include "store/database.h"

namespace parvis::store {

struct SearchText {
  std::string_view kind;    // "message", "file", "document" …
  std::string_view object;  // id of the thing, unique within its kind
  std::string_view
      scope;  // space id, or "room:!id" for direct conversations: what the reader must be allowed to see
  std::string_view title;
  std::string_view text;
  int64_t at_ms = 0;
};

struct SearchQuery {
  std::string text;                 // words; the last one also matches as a prefix
  std::vector<std::string> scopes;  // those the actor may read
  std::vector<std::string> kinds;   // empty: all
  size_t limit = 20;
  bool newest_first = false;  // otherwise by rank among the newest 2,000 hits
  std::optional<int64_t> before_ms;
};

struct SearchHit {
  std::string kind, object, scope, title, excerpt;  // excerpt: plain text around the first hit
  int64_t at_ms = 0;
};

class SearchIndex {
 public:
  virtual ~SearchIndex() = default;
  virtual Result<void> put(Transaction& transaction, const SearchText& text) = 0;  // replaces
  virtual Result<void> remove(Transaction& transaction, std::string_view kind, std::string_view object) = 0;
  virtual Task<Result<std::vector<SearchHit>>> query(SearchQuery query) = 0;
};

std::unique_ptr<SearchIndex> make_search_index(Database& database);

}  // namespace parvis::store
