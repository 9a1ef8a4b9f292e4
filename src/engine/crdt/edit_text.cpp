// Text with formatting, written as Yjs clients write it, so that concurrent formatting merges as they expect.
#include <algorithm>

#include "engine/crdt/edit.h"
#include "engine/crdt/nodes.h"
#include "engine/crdt/text_units.h"
#include "engine/crdt/transaction.h"

namespace parvis::crdt {

struct TextPosition {
  uint32_t left = none;
  uint32_t right = none;
  Attributes attributes;  // in force here
};

namespace {

const Any null_value{Null{}};

Any* find(Attributes& attributes, std::string_view key) {
  auto found = std::ranges::find(attributes, key, &std::pair<std::string, Any>::first);
  return found == attributes.end() ? nullptr : &found->second;
}
const Any& value_or_null(const Attributes& attributes, std::string_view key) {
  const Any* found = find(const_cast<Attributes&>(attributes), key);
  return found ? *found : null_value;
}
void assign(Attributes& attributes, std::string_view key, const Any& value) {
  if (Any* present = find(attributes, key))
    *present = value;
  else
    attributes.emplace_back(key, value);
}
void drop_key(Attributes& attributes, std::string_view key) {
  std::erase_if(attributes, [&](const auto& entry) { return entry.first == key; });
}
void update_current(Attributes& attributes, std::string_view key, const Any& value) {
  if (value.is_null())
    drop_key(attributes, key);
  else
    assign(attributes, key, value);
}

struct Mark {
  std::string key;
  Any value;
};
Mark mark_of(const Store& store, uint32_t handle) {
  WireStruct item;
  store.describe(handle, item);
  return {std::string(item.name), value_of(item)};
}

}  // namespace

void Editor::forward(TextPosition& at) {
  const Item& item = store_.items[at.right];
  if (item.kind() == Kind::format && !item.deleted) {
    Mark mark = mark_of(store_, at.right);
    update_current(at.attributes, mark.key, mark.value);
  }
  at.left = at.right;
  at.right = item.right;
}

Result<TextPosition> Editor::find_text(uint32_t list, uint64_t index) {
  TextPosition at;
  at.right = store_.lists[list].head;
  while (at.right != none && index > 0) {
    const Item& item = store_.items[at.right];
    if (!item.deleted && countable(item.kind())) {
      uint64_t length = store_.length(at.right);
      if (index < length) {
        transaction_->split_item(at.right, index);
        length = index;
      }
      index -= length;
    }
    forward(at);
  }
  if (index > 0) return fail(reasons::out_of_range);
  return at;
}

/// Steps over what is deleted and over marks that already say what is wanted.
void Editor::skip_matching(TextPosition& at, const Attributes& attributes) {
  while (at.right != none) {
    const Item& item = store_.items[at.right];
    if (!item.deleted) {
      if (item.kind() != Kind::format) return;
      Mark mark = mark_of(store_, at.right);
      if (!(value_or_null(attributes, mark.key) == mark.value)) return;
    }
    forward(at);
  }
}

Attributes Editor::open_formats(uint32_t list, TextPosition& at, const Attributes& attributes) {
  Attributes negated;
  for (const auto& [key, value] : attributes) {
    Any current = value_or_null(at.attributes, key);
    if (current == value) continue;
    assign(negated, key, current);
    at.left = place_format(list, at.left, key, value);
    at.right = store_.items[at.left].right;
    update_current(at.attributes, key, value);
  }
  return negated;
}

void Editor::close_formats(uint32_t list, TextPosition& at, Attributes negated) {
  while (at.right != none) {
    const Item& item = store_.items[at.right];
    if (!item.deleted) {
      if (item.kind() != Kind::format) break;
      Mark mark = mark_of(store_, at.right);
      Any* wanted = find(negated, mark.key);
      if (!wanted || !(*wanted == mark.value)) break;
      drop_key(negated, mark.key);
    }
    forward(at);
  }
  for (const auto& [key, value] : negated) {
    at.left = place_format(list, at.left, key, value);
    at.right = store_.items[at.left].right;
    update_current(at.attributes, key, value);
  }
}

Result<> Editor::insert_into_text(Node node, uint64_t index, const Attributes* attributes, uint32_t content) {
  uint32_t list = TRY(list_of(node));
  TextPosition at = TRY(find_text(list, index));
  Attributes wanted = attributes ? *attributes : at.attributes;
  for (const auto& [key, value] : at.attributes)
    if (!find(wanted, key)) wanted.emplace_back(key, Null{});
  skip_matching(at, wanted);
  Attributes negated = open_formats(list, at, wanted);
  // Marks took clocks of their own; the content comes after them.
  uint64_t clock = store_.state(client_);
  store_.items[content].slot = store_.slot_of({client_, clock});
  store_.items[content].clock = static_cast<uint32_t>(clock);
  at.left = place(content, list, at.left);
  at.right = store_.items[at.left].right;
  close_formats(list, at, std::move(negated));
  return {};
}

Result<> Editor::insert_text(Node node, uint64_t index, std::string_view text, const Attributes* attributes) {
  uint64_t units = 0;
  if (!measure_utf8(text, units) || text.size() >= none / 2) return fail(reasons::malformed, "text");
  TRY(list_of(node));
  if (index > length_of(doc_, node)) return fail(reasons::out_of_range);
  if (text.empty()) return {};
  uint32_t handle = new_item(Kind::string, units);
  store_.set_text(store_.items[handle], store_.append_heap(as_bytes(text)), text.size());
  return insert_into_text(node, index, attributes, handle);
}

Result<> Editor::insert_embed(Node node, uint64_t index, const Any& value, const Attributes& attributes) {
  TRY(list_of(node));
  if (index > length_of(doc_, node)) return fail(reasons::out_of_range);
  uint32_t handle = new_item(Kind::embed, 1);
  Bytes encoded;
  encode_any(value, encoded);
  store_.items[handle].plain = 1;
  store_.set_slice(store_.items[handle], encoded);
  return insert_into_text(node, index, &attributes, handle);
}

Result<> Editor::format_text(Node node, uint64_t index, uint64_t length, const Attributes& attributes) {
  uint32_t list = TRY(list_of(node));
  uint64_t total = length_of(doc_, node);
  if (index > total || length > total - index) return fail(reasons::out_of_range);
  if (length == 0) return {};
  TextPosition at = TRY(find_text(list, index));
  skip_matching(at, attributes);
  Attributes negated = open_formats(list, at, attributes);
  while (at.right != none) {
    const Item& item = store_.items[at.right];
    bool mark_ahead = !negated.empty() && (item.deleted || item.kind() == Kind::format);
    if (length == 0 && !mark_ahead) break;
    if (!item.deleted && item.kind() == Kind::format) {
      Mark mark = mark_of(store_, at.right);
      if (Any* wanted = find(const_cast<Attributes&>(attributes), mark.key)) {
        if (*wanted == mark.value)
          drop_key(negated, mark.key);
        else if (length == 0)
          break;
        else
          assign(negated, mark.key, mark.value);
        transaction_->delete_item(at.right);
      }
    } else if (!item.deleted && countable(item.kind())) {
      uint64_t units = store_.length(at.right);
      if (length < units) {
        transaction_->split_item(at.right, length);
        units = length;
      }
      length -= units;
    }
    forward(at);
  }
  close_formats(list, at, std::move(negated));
  return {};
}

/// Marks between `start` and the next visible content that no longer change anything are deleted.
void Editor::clean_gap(uint32_t start, uint32_t current, const Attributes& before, Attributes& now) {
  uint32_t end = start;
  std::vector<std::pair<std::string, uint32_t>> last_marks;
  for (; end != none; end = store_.items[end].right) {
    const Item& item = store_.items[end];
    if (!item.deleted && countable(item.kind())) break;
    if (item.deleted || item.kind() != Kind::format) continue;
    std::string key = mark_of(store_, end).key;
    std::erase_if(last_marks, [&](const auto& entry) { return entry.first == key; });
    last_marks.emplace_back(std::move(key), end);
  }
  bool reached = false;
  for (; start != end; start = store_.items[start].right) {
    if (start == current) reached = true;
    if (store_.items[start].deleted || store_.items[start].kind() != Kind::format) continue;
    Mark mark = mark_of(store_, start);
    const Any& initial = value_or_null(before, mark.key);
    auto last = std::ranges::find(last_marks, mark.key, &std::pair<std::string, uint32_t>::first);
    if (last->second != start || initial == mark.value) {
      transaction_->delete_item(start);
      if (!reached && value_or_null(now, mark.key) == mark.value && !(initial == mark.value))
        update_current(now, mark.key, initial);
    } else if (!reached) {
      update_current(now, mark.key, mark.value);
    }
  }
}

Result<> Editor::delete_text(Node node, uint64_t index, uint64_t length) {
  uint32_t list = TRY(list_of(node));
  uint64_t total = length_of(doc_, node);
  if (index > total || length > total - index) return fail(reasons::out_of_range);
  TextPosition at = TRY(find_text(list, index));
  Attributes before = at.attributes;
  uint32_t start = at.right;
  while (length > 0 && at.right != none) {
    const Item& item = store_.items[at.right];
    if (!item.deleted && countable(item.kind())) {
      uint64_t units = store_.length(at.right);
      if (length < units) {
        transaction_->split_item(at.right, length);
        units = length;
      }
      length -= units;
      transaction_->delete_item(at.right);
    }
    forward(at);
  }
  if (start != none) clean_gap(start, at.right, before, at.attributes);
  return {};
}

}  // namespace parvis::crdt
