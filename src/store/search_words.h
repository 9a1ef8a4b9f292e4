#pragma once
// How search sees a text: its words, folded (lower case, no accents) and stemmed in French (Snowball), the
// same on both engines. Accents tell the stemmer much ("reportées"), but people search without them
// ("reportees"): a word has a stem of each spelling, and is found by either.
#include <cstddef>
#include <functional>
#include <memory>
#include <string>
#include <string_view>

struct sb_stemmer;

namespace parvis::store {

struct SearchWord {
  size_t begin, end;            // bytes of the text
  std::string_view folded;      // "reportees"
  std::string_view stem;        // "report", of the word with its accents, then folded
  std::string_view plain_stem;  // "reporte", of the folded word
  bool has_plain_stem() const { return plain_stem != stem; }
  bool has_folded() const { return folded != stem && folded != plain_stem; }
};

/// One per thread: it owns a stemmer.
class WordAnalyzer {
 public:
  WordAnalyzer();
  /// Calls `found` for each word, in order, until it returns false. An elided article or pronoun (l’, d’,
  /// qu’) is no word. Words beyond max_word_bytes are cut. Ill-formed UTF-8 separates words.
  void analyze(std::string_view text, const std::function<bool(const SearchWord&)>& found);

  static constexpr size_t max_word_bytes = 64;

 private:
  std::string stem(std::string_view word);
  struct FreeStemmer {
    void operator()(sb_stemmer* stemmer) const;
  };
  std::unique_ptr<sb_stemmer, FreeStemmer> stemmer_;
};

/// This thread's analyzer.
WordAnalyzer& word_analyzer();

}  // namespace parvis::store
