// Text with formatting, now or at a version; versions as updates.
#include <algorithm>

#include "engine/crdt/encode.h"
#include "engine/crdt/nodes.h"
#include "engine/crdt/text_units.h"
#include "engine/crdt/update.h"

namespace parvis::crdt {
namespace {

bool visible(const Item& item, Id id, const Snapshot* version) {
  return version ? version->visible(id) : !item.deleted;
}

/// Units from `clock` on that are equally visible in both versions.
uint64_t uniform_run(Id id, uint64_t length, const Snapshot* version, const Snapshot* before) {
  uint64_t end = id.clock + length;
  for (const Snapshot* snapshot : {version, before}) {
    if (!snapshot) continue;
    uint64_t state = snapshot->state.clock(id.client);
    if (state > id.clock) end = std::min(end, state);
    auto& clients = snapshot->deleted.clients();
    auto found = std::ranges::find(clients, id.client, &DeleteSet::Client::client);
    if (found == clients.end()) continue;
    for (DeleteSet::Range range : found->ranges) {
      if (range.clock > id.clock) end = std::min(end, range.clock);
      if (range.clock + range.length > id.clock) end = std::min(end, range.clock + range.length);
    }
  }
  // A boundary that equals the start was passed; there is always progress.
  return std::max<uint64_t>(end - id.clock, 1);
}

/// Each run repeats the formats in force: a few kilobytes could ask for gigabytes. What a text may weigh in
/// formats grows with the items it is made of; runs beyond that, and formats beyond the number, are read
/// without. No editor comes near.
constexpr size_t max_open_formats = 256;
constexpr size_t format_floor = 4 << 10, format_factor = 16, item_weight = 40;

class DeltaBuilder {
 public:
  void meet(const WireStruct& item) {
    budget_ += format_factor * (item_weight + item.name.size() + item.body.size() + item.text.size());
  }
  void text(std::string_view part) { append_units(text_, part); }
  void flush() {
    if (text_.empty()) return;
    replace_surrogates(reinterpret_cast<uint8_t*>(text_.data()), text_.size());
    ops_.push_back({std::move(text_), affordable()});
    text_.clear();
  }
  template <class T>
  void object(T value) {
    flush();
    ops_.push_back({std::move(value), affordable()});
  }
  void set(std::string_view key, Any value, size_t encoded_bytes = 0) {
    flush();
    auto found = std::ranges::find(attributes_, key, &std::pair<std::string, Any>::first);
    auto place = found - attributes_.begin();
    bool remove = value.is_null();
    size_t weight = sizeof(*found) + key.size() + 4 * encoded_bytes;
    if (found == attributes_.end()) {
      if (remove || attributes_.size() >= max_open_formats) return;
      attributes_.emplace_back(key, std::move(value));
      weights_.push_back(weight);
      weight_ += weight;
      return;
    }
    weight_ -= weights_[static_cast<size_t>(place)];
    if (remove) {
      attributes_.erase(found);
      weights_.erase(weights_.begin() + place);
    } else {
      found->second = std::move(value);
      weights_[static_cast<size_t>(place)] = weight;
      weight_ += weight;
    }
  }
  /// "" removes the mark. Changed runs stay apart item by item, as in Yjs, which may show who made each.
  void mark_change(std::string_view type) {
    if (!type.empty()) flush();
    if (type == change_) return;
    change_ = type;
    if (type.empty())
      set("ychange", Null{});
    else
      set("ychange", Any(AnyObject{{"type", Any(type)}}));
  }
  std::vector<DeltaOp> finish() {
    flush();
    return std::move(ops_);
  }

 private:
  Attributes affordable() {
    if (attributes_.empty() || spent_ + weight_ > budget_) return {};
    spent_ += weight_;
    return attributes_;
  }

  std::vector<DeltaOp> ops_;
  Attributes attributes_;
  std::vector<size_t> weights_;  // of each of them
  size_t weight_ = 0, spent_ = 0, budget_ = format_floor;
  std::string text_;
  std::string_view change_;
};

void append_string(DeltaBuilder& builder, const WireStruct& item, const Item& stored, const Snapshot* version,
                   const Snapshot* before) {
  if (!version) {
    if (!stored.deleted) builder.text(item.text);
    return;
  }
  WireStruct rest = item;
  std::string scratch;
  while (rest.length > 0) {
    uint64_t run = uniform_run(rest.id, rest.length, version, before);
    UnitPosition end = find_unit(rest.text, run);
    bool now = version->visible(rest.id), then = before && before->visible(rest.id);
    if (now || then) {
      builder.mark_change(!before || (now && then) ? "" : now ? "added" : "removed");
      builder.text(rest.text.substr(0, end.byte));
      if (end.inside_pair) builder.text(high_surrogate(rest.text.substr(end.byte, 4)));
    }
    if (run == rest.length) break;
    drop_front(rest, run, scratch);
  }
}

}  // namespace

std::vector<DeltaOp> read_delta(const Doc& doc, Node node, const Snapshot* version, const Snapshot* before) {
  const Store& store = doc.store();
  DeltaBuilder builder;
  uint32_t type = type_of(store, node);
  if (type == none || store.types[type].list == none) return {};
  WireStruct item;
  for (uint32_t at = store.lists[store.types[type].list].head; at != none; at = store.items[at].right) {
    const Item& stored = store.items[at];
    if (stored.deleted && !version) continue;
    store.describe(at, item);
    builder.meet(item);
    if (item.kind == Kind::string) {
      append_string(builder, item, stored, version, before);
      continue;
    }
    bool now = visible(stored, item.id, version), then = before && before->visible(item.id);
    if (item.kind == Kind::format) {
      if (now) builder.set(item.name, value_of(item), item.body.size());
    } else if (now || then) {
      if (item.kind == Kind::embed) builder.object(value_of(item));
      if (item.kind == Kind::type) builder.object(node_of(store, stored.content));
    }
  }
  return builder.finish();
}

Bytes encode_version(const Doc& doc, const Snapshot& version, Format format) {
  const Store& store = doc.store();
  Bytes out;
  EncoderV1 encoder(out);
  uint64_t blocks = 0;
  for (uint32_t number : store.clients_descending()) {
    const Client& client = store.clients[number];
    uint64_t end = std::min(version.state.clock(client.id), client.state);
    if (end == 0) continue;
    ++blocks;
    size_t start = out.size();
    encoder.client(client.id);
    encoder.rest().varuint(0);
    uint64_t count = 0;
    WireStruct item;
    ClientIndex::Position at = client.index.first();
    do {
      if (client.index.clock(at) >= end) break;
      store.describe(client.index.handle(at), item);
      std::string cut;
      uint64_t length = std::min(item.length, end - item.id.clock);
      if (length < item.length && item.kind == Kind::string) {
        UnitPosition place = find_unit(item.text, length);
        cut = item.text.substr(0, place.byte);
        if (place.inside_pair) cut.append(replacement_character);
        item.text = cut;
      } else if (length < item.length && (item.kind == Kind::any || item.kind == Kind::json)) {
        item.body = item.body.first(body_prefix(item.kind, item.body, length));
      }
      item.length = length;
      write_struct(encoder, item);
      ++count;
    } while (client.index.next(at));
    encoder.rest().insert_varuint(start, count);
  }
  encoder.rest().insert_varuint(0, blocks);
  version.deleted.write(encoder.rest(), Format::v1);
  if (format == Format::v1) return out;
  auto converted = convert_update(out, Format::v1, format);
  return converted ? std::move(*converted) : Bytes{};
}

Result<bool> version_contains(const Snapshot& version, ByteView update, Format format) {
  UpdateSummary summary = TRY(summarize_update(update, format));
  for (const auto& client : summary.clients)
    if (client.end_clock > version.state.clock(client.client)) return false;
  DeleteSet both = version.deleted;
  both.add(summary.deleted);
  both.normalize();
  return both == version.deleted;
}

}  // namespace parvis::crdt
