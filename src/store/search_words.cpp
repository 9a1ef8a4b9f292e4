#include "store/search_words.h"

#include <libstemmer.h>

#include <algorithm>

#include "base/check.h"
#include "base/utf8.h"

namespace parvis::store {
namespace {

char32_t code_point(std::string_view text, size_t length) {
  auto byte = [&](size_t i) { return static_cast<unsigned char>(text[i]); };
  switch (length) {
    case 1:
      return byte(0);
    case 2:
      return (byte(0) & 0x1fu) << 6 | (byte(1) & 0x3fu);
    case 3:
      return (byte(0) & 0x0fu) << 12 | (byte(1) & 0x3fu) << 6 | (byte(2) & 0x3fu);
    default:
      return (byte(0) & 0x07u) << 18 | (byte(1) & 0x3fu) << 12 | (byte(2) & 0x3fu) << 6 | (byte(3) & 0x3fu);
  }
}

// Letters and digits of every script; beyond ASCII, what is neither punctuation, space nor symbol (by block).
bool is_word_character(char32_t c) {
  if (c < 0x80) return (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
  if (c < 0xc0) return c == 0xaa || c == 0xb2 || c == 0xb3 || c == 0xb5 || c == 0xb9 || c == 0xba;
  if (c == 0xd7 || c == 0xf7) return false;
  if (c >= 0x2000 && c < 0x2c00) return false;  // punctuation, arrows, mathematics, symbols
  if (c >= 0x2e00 && c < 0x2e80) return false;
  if (c >= 0x3000 && c < 0x3040) return c == 0x3005 || c == 0x3007;
  if (c >= 0xd800 && c < 0xf900) return false;  // surrogates, private use
  return c != 0xfeff && c != 0xfffd;
}

bool is_elided(std::string_view folded) {
  static constexpr std::string_view elided[] = {"l", "d",  "j",     "m",      "t",      "s",     "n",
                                                "c", "qu", "jusqu", "lorsqu", "puisqu", "quoiqu"};
  return std::find(std::begin(elided), std::end(elided), folded) != std::end(elided);
}

// Lower case of ASCII and of French letters, accents kept: what the stemmer understands.
std::string lower(std::string_view text) {
  std::string out(text);
  for (size_t i = 0; i < out.size(); ++i) {
    auto byte = static_cast<unsigned char>(out[i]), before = static_cast<unsigned char>(i ? out[i - 1] : 0);
    bool latin1_capital = before == 0xc3 && byte >= 0x80 && byte <= 0x9e && byte != 0x97;  // À to Þ
    bool ligature_capital = before == 0xc5 && byte == 0x92;                                // Œ
    if (byte >= 'A' && byte <= 'Z') out[i] = static_cast<char>(byte + 0x20);
    if (latin1_capital) out[i] = static_cast<char>(byte + 0x20);
    if (ligature_capital) out[i] = static_cast<char>(byte + 1);
  }
  return out;
}

bool starts_with_apostrophe(std::string_view text) { return text.starts_with('\'') || text.starts_with("’"); }

}  // namespace

void WordAnalyzer::FreeStemmer::operator()(sb_stemmer* stemmer) const { sb_stemmer_delete(stemmer); }

WordAnalyzer::WordAnalyzer() : stemmer_(sb_stemmer_new("french", "UTF_8")) { CHECK(stemmer_); }

std::string WordAnalyzer::stem(std::string_view word) {
  auto symbols = reinterpret_cast<const sb_symbol*>(word.data());
  const sb_symbol* stem = sb_stemmer_stem(stemmer_.get(), symbols, static_cast<int>(word.size()));
  CHECK(stem);
  std::string out(reinterpret_cast<const char*>(stem),
                  static_cast<size_t>(sb_stemmer_length(stemmer_.get())));
  // The algorithm keeps the plural of what ends in a vowel ("rendus", "amis"), because of verbs.
  constexpr size_t shortest_plural = 5;
  if (out.size() >= shortest_plural && out.ends_with('s')) out.pop_back();
  return out.empty() ? std::string(word) : out;
}

void WordAnalyzer::analyze(std::string_view text, const std::function<bool(const SearchWord&)>& found) {
  size_t at = 0;
  while (at < text.size()) {
    size_t begin = at, kept = at;
    while (at < text.size()) {
      size_t length = utf8::sequence_length(text.substr(at));
      if (length == 0 || !is_word_character(code_point(text.substr(at), length))) break;
      at += length;
      if (at - begin <= max_word_bytes) kept = at;
    }
    if (at == begin) {
      at += std::max<size_t>(1, utf8::sequence_length(text.substr(at)));
      continue;
    }
    std::string folded = utf8::fold(text.substr(begin, kept - begin));
    if (folded.empty() || (starts_with_apostrophe(text.substr(at)) && is_elided(folded))) continue;
    std::string plain_stem = stem(folded);
    std::string accented_stem = utf8::fold(stem(lower(text.substr(begin, kept - begin))));
    SearchWord word{
        .begin = begin, .end = at, .folded = folded, .stem = accented_stem, .plain_stem = plain_stem};
    if (!found(word)) return;
  }
}

WordAnalyzer& word_analyzer() {
  thread_local WordAnalyzer analyzer;
  return analyzer;
}

}  // namespace parvis::store
