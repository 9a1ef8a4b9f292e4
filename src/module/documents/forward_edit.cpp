#include "module/documents/forward_edit.h"

#include <algorithm>

#include "base/utf8.h"
#include "engine/crdt/edit.h"
#include "module/documents/content_tree.h"
#include "module/documents/reasons.h"
#include "module/documents/sequence_difference.h"

namespace parvis {
namespace {

constexpr std::string_view root_name = "default";

/// A word, a space, a sign, or an embedded value: the grain of differences within a text.
struct Token {
  uint32_t number = 0;
  uint64_t units = 0;
};

bool is_word(std::string_view character) {
  auto c = static_cast<uint8_t>(character[0]);
  return c >= 0x80 || (c >= '0' && c <= '9') || (c >= 'a' && c <= 'z') || (c >= 'A' && c <= 'Z');
}

std::string_view first_character(std::string_view text) {
  return text.substr(0, std::max<size_t>(1, utf8::sequence_length(text)));
}
uint64_t units_of(std::string_view character) { return character.size() == 4 ? 2 : 1; }

/// Words go on across changes of format. Of a very large text each run is one token.
class Tokens {
 public:
  Tokens(const std::vector<ContentRun>& runs, Numbering& numbering) : numbering_(numbering) {
    size_t bytes = 0;
    for (auto& run : runs) bytes += run.text.size();
    for (auto& run : runs) {
      if (run.embedded) {
        Bytes value;
        crdt::encode_any(*run.embedded, value);
        add("v", 1, false);
        content_ += as_text(value);
      } else if (bytes > max_bytes_by_word) {
        add("t", run.units(), false);
        content_ += run.text;
      } else {
        add_words(run.text);
      }
    }
    close();
  }
  std::vector<Token> list;

 private:
  static constexpr size_t max_bytes_by_word = 1 << 20;

  void add_words(std::string_view text) {
    while (!text.empty()) {
      auto character = first_character(text);
      text.remove_prefix(character.size());
      bool word = is_word(character);
      if (!word || !in_word_) add("t", 0, word);
      content_ += character;
      list.back().units += units_of(character);
    }
  }
  void add(std::string_view kind, uint64_t units, bool word) {
    close();
    list.push_back({0, units});
    content_ = kind;
    in_word_ = word;
  }
  void close() {
    if (!list.empty()) list.back().number = numbering_.number(content_);
  }

  Numbering& numbering_;
  std::string content_;  // of the last
  bool in_word_ = false;
};

/// The part of a text between two places, by formatting. Asked from the end of the text to its start.
class Pieces {
 public:
  explicit Pieces(const std::vector<ContentRun>& runs) : runs_(runs) {
    for (auto& run : runs) starts_.push_back(starts_.back() + run.units());
  }
  std::vector<ContentRun> between(uint64_t from, uint64_t to) const {
    std::vector<ContentRun> out;
    auto after = std::ranges::upper_bound(starts_, from);
    for (auto i = static_cast<size_t>(after - starts_.begin()) - 1; i < runs_.size() && starts_[i] < to;
         ++i) {
      out.push_back(runs_[i]);
      if (!runs_[i].embedded)
        out.back().text = cut(runs_[i].text, std::max(from, starts_[i]) - starts_[i], to - starts_[i]);
    }
    return out;
  }

 private:
  static std::string cut(std::string_view text, uint64_t from, uint64_t to) {
    uint64_t at = 0;
    size_t first = text.size(), offset = 0;
    for (; offset < text.size() && at < to;) {
      if (at >= from) first = std::min(first, offset);
      auto character = first_character(text.substr(offset));
      at += units_of(character);
      offset += character.size();
    }
    return first < offset ? std::string(text.substr(first, offset - first)) : "";
  }

  const std::vector<ContentRun>& runs_;
  std::vector<uint64_t> starts_{0};
};

std::vector<uint32_t> numbers_of(const std::vector<Token>& tokens) {
  std::vector<uint32_t> out;
  out.reserve(tokens.size());
  for (auto& token : tokens) out.push_back(token.number);
  return out;
}

std::vector<uint64_t> starts_of(const std::vector<Token>& tokens) {
  std::vector<uint64_t> out{0};
  for (auto& token : tokens) out.push_back(out.back() + token.units);
  return out;
}

/// What must be said of a text formatted `now` for it to be formatted `then`.
crdt::Attributes change_of_format(const crdt::Attributes& now, const crdt::Attributes& then) {
  crdt::Attributes out;
  auto find = [](const crdt::Attributes& in, const std::string& key) {
    return std::ranges::find(in, key, &std::pair<std::string, crdt::Any>::first);
  };
  for (auto& [key, value] : then) {
    auto known = find(now, key);
    if (known == now.end() || !(known->second == value)) out.emplace_back(key, value);
  }
  for (auto& [key, value] : now)
    if (find(then, key) == then.end()) out.emplace_back(key, crdt::Null{});
  return out;
}

class ForwardEdit {
 public:
  ForwardEdit(crdt::Doc& doc, uint64_t client, Numbering& numbering)
      : doc_(doc), editor_(doc, client), numbering_(numbering) {}

  crdt::Node root() { return editor_.root(root_name); }
  Bytes commit() { return editor_.commit(crdt::Format::v1); }

  Result<void> turn(const ContentTree& now, const ContentTree& then) {
    TRY(turn_entries(now, then));
    return then.is_text() ? turn_text(now, then) : turn_children(now, then);
  }

 private:
  Result<void> turn_entries(const ContentTree& now, const ContentTree& then) {
    auto find = [](const ContentTree& in, const std::string& key) -> const ContentPart* {
      auto found = std::ranges::lower_bound(in.entries, key, {}, &ContentTree::Entry::key);
      return found != in.entries.end() && found->key == key ? &found->part : nullptr;
    };
    for (auto& [key, part] : then.entries) {
      auto* known = find(now, key);
      if (!known) {
        TRY(set(now.node, key, part));
      } else if (known->number != part.number) {
        bool alike = known->tree && part.tree && known->shape == part.shape;
        TRY(alike ? turn(*known->tree, *part.tree) : set(now.node, key, part));
      }
    }
    for (auto& [key, part] : now.entries)
      if (!find(then, key)) TRY(editor_.erase(now.node, key));
    return {};
  }

  Result<void> set(crdt::Node node, const std::string& key, const ContentPart& part) {
    if (part.opaque) return fail(document_reasons::version_unrestorable, "document in a document");
    if (!part.tree) return editor_.set(node, key, part.value);
    auto made = TRY(editor_.set_node(node, key, part.tree->kind, part.tree->name));
    return fill(made, *part.tree);
  }

  // Lists are changed from their end, so that places before stay what they were.

  Result<void> turn_children(const ContentTree& now, const ContentTree& then) {
    std::vector<uint32_t> before, after;
    for (auto& part : now.children) before.push_back(part.number);
    for (auto& part : then.children) after.push_back(part.number);
    size_t before_end = before.size(), after_end = after.size();
    auto runs = common_runs(before, after);
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
      TRY(turn_gap(now, then, run->before + run->length, before_end, run->after + run->length, after_end));
      before_end = run->before;
      after_end = run->after;
    }
    return turn_gap(now, then, 0, before_end, 0, after_end);
  }

  /// Where nothing is equal, what is of one kind and name is edited, the rest goes and comes.
  Result<void> turn_gap(const ContentTree& now, const ContentTree& then, size_t before, size_t before_end,
                        size_t after, size_t after_end) {
    std::vector<uint32_t> old_shapes, new_shapes;
    for (size_t i = before; i < before_end; ++i) old_shapes.push_back(shape_of(now.children[i]));
    for (size_t i = after; i < after_end; ++i) new_shapes.push_back(shape_of(then.children[i]));
    auto pairs = common_runs(old_shapes, new_shapes);
    for (auto run = pairs.rbegin(); run != pairs.rend(); ++run) {
      size_t first_old = before + run->before, first_new = after + run->after;
      TRY(replace(now.node, then, first_old + run->length, before_end, first_new + run->length, after_end));
      for (size_t i = 0; i < run->length; ++i)
        TRY(turn(*now.children[first_old + i].tree, *then.children[first_new + i].tree));
      before_end = first_old;
      after_end = first_new;
    }
    return replace(now.node, then, before, before_end, after, after_end);
  }

  /// Values are replaced, never edited: each is of a shape of its own on either side.
  uint32_t shape_of(const ContentPart& part) {
    return part.tree ? part.shape : numbering_.number("value " + std::to_string(values_++));
  }

  Result<void> replace(crdt::Node node, const ContentTree& then, size_t before, size_t before_end,
                       size_t after, size_t after_end) {
    if (before_end > before) {
      TRY(spend());
      TRY(editor_.remove(node, before, before_end - before));
    }
    return insert(node, before, then, after, after_end);
  }

  /// A place is looked for once: what follows goes behind what was just made.
  Result<void> insert(crdt::Node node, uint64_t index, const ContentTree& then, size_t from, size_t to) {
    std::optional<crdt::Node> previous;
    for (size_t i = from; i < to; ++i, ++index) {
      auto& part = then.children[i];
      if (part.opaque) return fail(document_reasons::version_unrestorable, "document in a document");
      if (!previous) TRY(spend());
      if (!part.tree) {
        TRY(editor_.insert_values(node, index, {part.value}));
        previous.reset();
        continue;
      }
      previous = previous ? TRY(editor_.insert_node_after(*previous, part.tree->kind, part.tree->name))
                          : TRY(editor_.insert_node(node, index, part.tree->kind, part.tree->name));
      TRY(fill(*previous, *part.tree));
    }
    return {};
  }

  Result<void> fill(crdt::Node node, const ContentTree& then) {
    for (auto& [key, part] : then.entries) TRY(set(node, key, part));
    if (!then.is_text()) return insert(node, 0, then, 0, then.children.size());
    uint64_t index = 0;
    for (auto& run : then.runs) {
      TRY(insert_run(node, index, run));
      index += run.units();
    }
    return {};
  }

  Result<void> insert_run(crdt::Node node, uint64_t index, const ContentRun& run) {
    TRY(spend());
    if (run.embedded) return editor_.insert_embed(node, index, *run.embedded, run.attributes);
    return editor_.insert_text(node, index, run.text, &run.attributes);
  }

  Result<void> turn_text(const ContentTree& now, const ContentTree& then) {
    auto before = Tokens(now.runs, numbering_).list, after = Tokens(then.runs, numbering_).list;
    auto runs = common_runs(numbers_of(before), numbers_of(after));
    auto starts = starts_of(before), new_starts = starts_of(after);
    Pieces pieces(then.runs);
    size_t before_end = before.size(), after_end = after.size();
    auto replace_words = [&](size_t first, size_t first_new) -> Result<void> {
      uint64_t index = starts[first], end = starts[before_end];
      if (end > index) {
        TRY(spend());
        TRY(editor_.delete_text(now.node, index, end - index));
      }
      for (auto& piece : pieces.between(new_starts[first_new], new_starts[after_end])) {
        TRY(insert_run(now.node, index, piece));
        index += piece.units();
      }
      return {};
    };
    for (auto run = runs.rbegin(); run != runs.rend(); ++run) {
      TRY(replace_words(run->before + run->length, run->after + run->length));
      before_end = run->before;
      after_end = run->after;
    }
    TRY(replace_words(0, 0));
    return turn_formats(now.node, then);
  }

  /// The words are right; what still differs is how they are formatted.
  Result<void> turn_formats(crdt::Node node, const ContentTree& then) {
    constexpr int most_passes = 3;  // one suffices unless marks lie about each other
    for (int pass = 0; pass < most_passes; ++pass) {
      bool opaque = false, changed = false;
      auto now = read_runs(doc_, node, opaque);
      size_t a = 0, b = 0;
      uint64_t index = 0, done_a = 0, done_b = 0;
      while (a < now.size() && b < then.runs.size()) {
        uint64_t left_a = now[a].units() - done_a, left_b = then.runs[b].units() - done_b;
        uint64_t length = std::min(left_a, left_b);
        auto change = change_of_format(now[a].attributes, then.runs[b].attributes);
        if (!change.empty()) {
          TRY(spend());
          TRY(editor_.format_text(node, index, length, change));
          changed = true;
        }
        index += length;
        done_a = length == left_a ? 0 : done_a + length;
        done_b = length == left_b ? 0 : done_b + length;
        a += length == left_a;
        b += length == left_b;
      }
      if (!changed) return {};
    }
    return {};
  }

  /// An edit at a place passes over what stands before it.
  Result<void> spend() {
    work_ += doc_.struct_count() + 1;
    return work_ <= max_restore_work ? Result<void>()
                                     : fail(document_reasons::version_unrestorable, "too many differences");
  }

  crdt::Doc& doc_;
  crdt::Editor editor_;
  Numbering& numbering_;
  size_t values_ = 0;
  uint64_t work_ = 0;
};

Result<crdt::Doc> document_of(ByteView state, crdt::Format format, uint64_t hash_seed) {
  crdt::Doc::Options options;
  options.hash_seed = hash_seed;
  crdt::Doc doc(options);
  auto applied = doc.apply_update(state, format);
  if (!applied && !applied.error().is(crdt::reasons::deferred))
    return fail(reasons::corrupt, "state of a document: " + std::string(applied.error().reason->id));
  return doc;
}

Result<ContentTree> fragment_of(const crdt::Doc& doc, Numbering& numbering) {
  if (auto root = crdt::find_root(doc, root_name)) return read_content(doc, *root, numbering);
  // A document nobody wrote in: as an empty fragment is read.
  crdt::Doc empty;
  crdt::Editor editor(empty, 1);
  return read_content(empty, editor.root(root_name), numbering);
}

}  // namespace

Result<Bytes> forward_edit(ByteView current, ByteView target, uint64_t client) {
  auto doc = TRY(document_of(current, crdt::Format::v2, client));
  auto goal = TRY(document_of(target, crdt::Format::v1, client));
  Numbering numbering;
  auto then = TRY(fragment_of(goal, numbering));
  ForwardEdit edit(doc, client, numbering);
  auto now = TRY(read_content(doc, edit.root(), numbering));
  if (now.number != then.number) TRY(edit.turn(now, then));
  auto update = edit.commit();
  auto reached = TRY(fragment_of(doc, numbering));
  if (reached.number != then.number) return fail(document_reasons::version_unrestorable);
  return update;
}

}  // namespace parvis
