#include "store/search_index.h"

#include <algorithm>

#include "base/json.h"
#include "base/utf8.h"
#include "store/search_words.h"

namespace parvis::store {
namespace {

constexpr size_t max_body_bytes = 64 << 10;
constexpr size_t max_title_bytes = 1 << 10;
constexpr size_t max_query_bytes = 1 << 10;
constexpr size_t max_query_words = 16;
constexpr size_t max_scopes = 10'000;
constexpr size_t max_hits = 100;
constexpr size_t excerpt_before_bytes = 60;
constexpr size_t excerpt_after_bytes = 160;

const Statement put_entry{
    "search.put",
    "insert into search_entry(id, kind, object, scope, title, body, at, title_words, body_words) values "
    "((select coalesce(max(id), 0) + 1 from search_entry), $1, $2, $3, $4, $5, $6, $7, $8) "
    "on conflict (kind, object) do update set scope = excluded.scope, title = excluded.title, body = "
    "excluded.body, "
    "at = excluded.at, title_words = excluded.title_words, body_words = excluded.body_words"};

const Statement remove_entry{"search.remove", "delete from search_entry where kind = $1 and object = $2"};

// $1 words, $2 scopes, $3 kinds (JSON arrays), $4 before, $5 limit. Only the newest 2,000 hits are ranked:
// scoring every hit of a common word would cost more than the answer is worth.
const Statement query_ranked{
    "search.query_ranked",
    "select kind, object, scope, title, body, at from (select e.kind, e.object, e.scope, e.title, e.body, "
    "e.at, e.id, "
    "bm25(search_text, 8.0, 1.0) as score from search_text cross join search_entry e on e.id = "
    "search_text.rowid "
    "where search_text match $1 and e.scope in (select value from json_each($2)) "
    "and ($3 = '[]' or e.kind in (select value from json_each($3))) and e.at < $4 "
    "order by search_text.rowid desc limit 2000) order by score, id desc limit $5",
    "select kind, object, scope, title, body, at from (select *, ts_rank(words, cast($1::text as tsquery)) "
    "as score "
    "from search_entry where words @@ cast($1::text as tsquery) "
    "and scope in (select jsonb_array_elements_text($2::text::jsonb)) "
    "and ($3::text = '[]' or kind in (select jsonb_array_elements_text($3::text::jsonb))) and at < $4 "
    "order by id desc limit 2000) newest order by score desc, id desc limit $5"};

const Statement query_newest{
    "search.query_newest",
    "select e.kind, e.object, e.scope, e.title, e.body, e.at from search_text "
    "cross join search_entry e on e.id = search_text.rowid "
    "where search_text match $1 and e.scope in (select value from json_each($2)) "
    "and ($3 = '[]' or e.kind in (select value from json_each($3))) and e.at < $4 "
    "order by search_text.rowid desc limit $5",
    "select kind, object, scope, title, body, at from search_entry where words @@ cast($1::text as tsquery) "
    "and scope in (select jsonb_array_elements_text($2::text::jsonb)) "
    "and ($3::text = '[]' or kind in (select jsonb_array_elements_text($3::text::jsonb))) and at < $4 "
    "order by id desc limit $5"};

std::string_view cut(std::string_view text, size_t bytes) {
  if (text.size() <= bytes) return text;
  size_t end = bytes;
  while (end > 0 && (static_cast<unsigned char>(text[end]) & 0xc0) == 0x80) --end;
  return text.substr(0, end);
}

// Files hold anything; the database takes well-formed text without NUL only.
std::string clean(std::string_view text) {
  std::string out;
  out.reserve(text.size());
  while (!text.empty()) {
    size_t length = utf8::sequence_length(text);
    if (length == 0 || text[0] == '\0') {
      out.push_back(' ');
      length = 1;
    } else {
      out.append(text.substr(0, length));
    }
    text.remove_prefix(length);
  }
  return out;
}

// What the generated tsvector is made of: each word's stems and, where it differs, the word itself.
std::string words_of(std::string_view text) {
  std::string out;
  word_analyzer().analyze(text, [&](const SearchWord& word) {
    out.append(word.stem).push_back(' ');
    if (word.has_plain_stem()) out.append(word.plain_stem).push_back(' ');
    if (word.has_folded()) out.append(word.folded).push_back(' ');
    return true;
  });
  return out;
}

struct QueryWords {
  std::vector<std::string> folded, stems, plain_stems;
};

QueryWords parse_query(std::string_view text) {
  QueryWords words;
  word_analyzer().analyze(cut(text, max_query_bytes), [&](const SearchWord& word) {
    words.folded.emplace_back(word.folded);
    words.stems.emplace_back(word.stem);
    words.plain_stems.emplace_back(word.plain_stem);
    return words.folded.size() < max_query_words;
  });
  return words;
}

// All words, in any order; the last also as the beginning of a word. Words hold letters and digits only, so
// quoting is safe.
std::string match_expression(const QueryWords& words, bool sqlite) {
  std::string out;
  for (size_t i = 0; i < words.folded.size(); ++i) {
    bool last = i + 1 == words.folded.size();
    if (sqlite) {
      std::string quoted = "\"" + words.folded[i] + "\"";
      out += last ? "(" + quoted + " OR " + quoted + " *)" : quoted + " AND ";
    } else {
      std::string stems = "'" + words.stems[i] + "' | '" + words.plain_stems[i] + "'";
      out += "(" + stems + (last ? " | '" + words.folded[i] + "':*)" : ") & ");
    }
  }
  return out;
}

std::string json_list(const std::vector<std::string>& items) {
  std::string out;
  json::Writer writer(out);
  writer.begin_array();
  for (const std::string& item : items) writer.value(item);
  writer.end_array();
  return out;
}

bool matches(const SearchWord& word, const QueryWords& query) {
  if (word.folded.starts_with(query.folded.back())) return true;
  for (size_t i = 0; i < query.stems.size(); ++i) {
    for (std::string_view stem : {std::string_view(query.stems[i]), std::string_view(query.plain_stems[i])}) {
      if (stem == word.stem || stem == word.plain_stem) return true;
    }
  }
  return false;
}

std::string excerpt_of(std::string_view body, const QueryWords& query) {
  std::vector<std::pair<size_t, size_t>> words;
  size_t hit = 0;
  bool found = false;
  word_analyzer().analyze(body, [&](const SearchWord& word) {
    words.emplace_back(word.begin, word.end);
    if (!found && matches(word, query)) {
      found = true;
      hit = word.begin;
    }
    return word.end < hit + excerpt_after_bytes || !found;
  });
  if (!found) hit = 0;
  size_t begin = hit, end = hit;
  for (auto& [from, to] : words) {
    if (from + excerpt_before_bytes >= hit) begin = std::min(begin, from);
    if (to <= hit + excerpt_after_bytes) end = std::max(end, to);
  }
  if (end == body.size() || body.size() - end <= 3) end = body.size();
  if (begin <= 3) begin = 0;
  std::string out = (begin > 0 ? "…" : "") + std::string(cut(body.substr(begin), end - begin));
  if (end < body.size()) out += "…";
  for (char& c : out) {
    if (static_cast<unsigned char>(c) < 0x20) c = ' ';
  }
  return out;
}

class TextIndex final : public SearchIndex {
 public:
  explicit TextIndex(Database& database) : database_(database), sqlite_(database.engine() == "sqlite") {}

  Result<void> put(Transaction& transaction, const SearchText& text) override {
    std::string title = clean(cut(text.title, max_title_bytes)), body = clean(cut(text.text, max_body_bytes));
    // SQLite's tokenizer analyses by itself.
    std::string title_words = sqlite_ ? "" : words_of(title), body_words = sqlite_ ? "" : words_of(body);
    TRY(transaction.execute(put_entry, text.kind, text.object, text.scope, title, body, text.at_ms,
                            title_words, body_words));
    return {};
  }

  Result<void> remove(Transaction& transaction, std::string_view kind, std::string_view object) override {
    TRY(transaction.execute(remove_entry, kind, object));
    return {};
  }

  Task<Result<std::vector<SearchHit>>> query(SearchQuery query) override {
    if (query.scopes.size() > max_scopes) co_return fail(reasons::too_large, "too many scopes");
    query.limit = std::min(query.limit, max_hits);
    co_return co_await database_.read(
        [query = std::move(query), sqlite = sqlite_](Reader& reader) { return find(reader, query, sqlite); });
  }

 private:
  static Result<std::vector<SearchHit>> find(Reader& reader, const SearchQuery& query, bool sqlite) {
    std::vector<SearchHit> hits;
    QueryWords words = parse_query(query.text);
    if (words.folded.empty() || query.scopes.empty()) return hits;
    Rows rows = TRY(reader.query(query.newest_first ? query_newest : query_ranked,
                                 match_expression(words, sqlite), json_list(query.scopes),
                                 json_list(query.kinds), query.before_ms.value_or(INT64_MAX), query.limit));
    for (size_t i = 0; i < rows.size(); ++i) {
      hits.push_back({.kind = std::string(rows.text(i, 0)),
                      .object = std::string(rows.text(i, 1)),
                      .scope = std::string(rows.text(i, 2)),
                      .title = std::string(rows.text(i, 3)),
                      .excerpt = excerpt_of(rows.text(i, 4), words),
                      .at_ms = rows.integer(i, 5)});
    }
    return hits;
  }

  Database& database_;
  bool sqlite_;
};

}  // namespace

std::unique_ptr<SearchIndex> make_search_index(Database& database) {
  return std::make_unique<TextIndex>(database);
}

}  // namespace parvis::store
