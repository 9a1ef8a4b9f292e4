#include "store/sqlite_words.h"

#include "store/search_words.h"

namespace parvis::store {
namespace {

using EmitToken = int (*)(void*, int, const char*, int, int, int);

int create_tokenizer(void*, const char**, int, Fts5Tokenizer** out) {
  *out = reinterpret_cast<Fts5Tokenizer*>(new WordAnalyzer);
  return SQLITE_OK;
}

void delete_tokenizer(Fts5Tokenizer* tokenizer) { delete reinterpret_cast<WordAnalyzer*>(tokenizer); }

int tokenize(Fts5Tokenizer* tokenizer, void* context, int flags, const char* text, int size, EmitToken emit) {
  int code = SQLITE_OK;
  auto token = [&](std::string_view word, const SearchWord& at, int token_flags) {
    code = emit(context, token_flags, word.data(), static_cast<int>(word.size()), static_cast<int>(at.begin),
                static_cast<int>(at.end));
    return code == SQLITE_OK;
  };
  auto found = [&](const SearchWord& word) {
    // A prefix being typed is compared with words as they are written.
    if (flags & FTS5_TOKENIZE_PREFIX) return token(word.folded, word, 0);
    if (!token(word.stem, word, 0)) return false;
    if (word.has_plain_stem() && !token(word.plain_stem, word, FTS5_TOKEN_COLOCATED)) return false;
    if ((flags & FTS5_TOKENIZE_QUERY) || !word.has_folded()) return true;
    return token(word.folded, word, FTS5_TOKEN_COLOCATED);
  };
  reinterpret_cast<WordAnalyzer*>(tokenizer)->analyze({text, static_cast<size_t>(size)}, found);
  return code;
}

fts5_api* api_of(sqlite3* connection) {
  sqlite3_stmt* statement = nullptr;
  fts5_api* api = nullptr;
  if (sqlite3_prepare_v2(connection, "select fts5(?1)", -1, &statement, nullptr) == SQLITE_OK) {
    sqlite3_bind_pointer(statement, 1, &api, "fts5_api_ptr", nullptr);
    sqlite3_step(statement);
  }
  sqlite3_finalize(statement);
  return api;
}

}  // namespace

Result<void> register_words(sqlite3* connection) {
  fts5_api* api = api_of(connection);
  if (!api) return fail(reasons::internal, "this SQLite has no FTS5");
  fts5_tokenizer tokenizer{create_tokenizer, delete_tokenizer, tokenize};
  if (api->xCreateTokenizer(api, "parvis_words", nullptr, &tokenizer, nullptr) != SQLITE_OK) {
    return fail(reasons::internal, "FTS5 refuses the tokenizer");
  }
  return {};
}

}  // namespace parvis::store
