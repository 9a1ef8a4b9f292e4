#include "engine/crdt/apply.h"

#include <algorithm>

namespace parvis::crdt {
namespace {

/// A client record with its index, beyond what rough_memory() sees in the arrays.
constexpr uint64_t client_cost = 160;
/// An index entry.
constexpr uint64_t index_cost = 8;
constexpr uint64_t structs_between_checks = 256;
/// From here on a first update is worth reserving for and tidying up after.
constexpr size_t bulk_structs = 64;
constexpr uint32_t join_window = 512;

}  // namespace

uint64_t Applier::rough_memory() const {
  return store_.items.size() * (sizeof(Item) + index_cost) + store_.heap.size() + store_.slots.size() * 32 +
         store_.types.size() * (sizeof(Type) + 32) + store_.lists.size() * (sizeof(List) + 32) +
         store_.slices.size() * sizeof(Slice) + store_.strings.memory() + blocks_.size() * client_cost;
}

void Applier::drop(uint32_t handle) {
  Item& item = store_.items[handle];
  if (item.kind() == Kind::type)
    store_.free_type(item.content);
  else
    store_.release_content(item);
  item.set_kind(Kind::gc);
  store_.free_item(handle);
}

void Applier::fill_content(uint32_t handle, const WireStruct& source) {
  Item& item = store_.items[handle];
  switch (source.kind) {
    case Kind::string:
      store_.set_text(item, store_.append_heap(as_bytes(source.text)), source.text.size());
      break;
    case Kind::json:
    case Kind::any:
    case Kind::binary:
      store_.set_slice(item, source.body);
      break;
    case Kind::embed:
      item.plain = source.form == ValueForm::any;
      store_.set_slice(item, source.body);
      break;
    case Kind::format:
    case Kind::document: {
      item.plain = source.form == ValueForm::any;
      Bytes blob;
      Writer writer(blob);
      writer.varstring(source.name);
      writer.bytes(source.body);
      store_.set_slice(item, blob);
      break;
    }
    case Kind::type: {
      uint32_t name = type_has_name(source.type_ref) ? store_.strings.intern(source.name) : none;
      item.content = store_.make_type(handle, source.type_ref, name);
      break;
    }
    default:
      break;
  }
}

uint32_t Applier::make_item(const WireStruct& source) {
  uint32_t handle = store_.allocate_item();
  uint32_t own_slot = store_.slot_of(source.id);
  Item item{};
  item.slot = own_slot;
  item.set_kind(source.kind);
  item.deleted = source.kind == Kind::gc || source.kind == Kind::deleted;
  item.clock = static_cast<uint32_t>(source.id.clock);
  item.origin_slot = item.right_slot = item.right = item.list = none;
  if (source.has_origin) {
    item.origin_slot = store_.slot_of(source.origin);
    item.origin_clock = static_cast<uint32_t>(source.origin.clock);
  }
  if (source.has_right_origin) {
    item.right_slot = store_.slot_of(source.right_origin);
    item.right_clock = static_cast<uint32_t>(source.right_origin.clock);
  }
  if (source.parent != WireStruct::Parent::none) {
    uint32_t key = source.has_key ? store_.strings.intern(source.key) : none;
    if (source.parent == WireStruct::Parent::root) {
      item.list = store_.list_of(store_.root(source.root), key);
    } else {
      item.parent_by_id = 1;
      item.right_slot = store_.slot_of(source.parent_id);
      item.right_clock = static_cast<uint32_t>(source.parent_id.clock);
      item.origin_clock = key;
    }
  }
  store_.items[handle] = item;
  store_.set_length(handle, source.length);
  fill_content(handle, source);
  return handle;
}

/// Integrated one by one, the two would end up adjacent and could merge.
bool Applier::continues(uint32_t previous, const WireStruct& source) const {
  const Item& item = store_.items[previous];
  if (item.kind() != source.kind || item.parent_by_id) return false;
  Id id = store_.id(item);
  uint64_t length = store_.length(item, previous);
  if (id.clock + length != source.id.clock) return false;
  if (source.kind == Kind::gc) return true;
  bool joinable = source.kind == Kind::string || source.kind == Kind::deleted || source.kind == Kind::any ||
                  source.kind == Kind::json;
  if (!joinable || !source.has_origin || source.origin != Id{id.client, source.id.clock - 1}) return false;
  if (source.has_right_origin != item.has_right_origin()) return false;
  if (source.has_right_origin && source.right_origin != store_.id(item.right_slot, item.right_clock))
    return false;
  return source.kind == Kind::deleted || length + source.length < long_length;
}

void Applier::join_decoded(uint32_t previous, const WireStruct& source) {
  Item& item = store_.items[previous];
  uint64_t length = store_.length(item, previous);
  if (source.kind != Kind::gc && source.kind != Kind::deleted) {
    Item tail = item;
    tail.length = static_cast<uint32_t>(source.length);
    tail.slack = 0;
    if (source.kind == Kind::string)
      store_.set_text(tail, store_.append_heap(as_bytes(source.text)), source.text.size());
    else
      store_.set_slice(tail, source.body);
    store_.join_content(item, tail);
  }
  store_.set_length(previous, length + source.length);
}

template <class Decoder>
Result<> Applier::decode_block(Decoder& decoder, uint64_t memory_limit) {
  uint64_t count = decoder.rest().varuint();
  Id id{decoder.client(), 0};
  id.clock = decoder.rest().varuint();
  if (decoder.failed() || id.client > max_safe_integer) return fail(reasons::malformed, "update header");
  auto begin = static_cast<uint32_t>(handles_.size());
  blocks_.push_back({id.client, id.clock, begin, begin, begin});
  if (count > limits_.structs) return fail(reasons::too_large, "structs in one update");
  // Room for all at once when the count is believable; what is reserved and not used costs no memory.
  size_t expected = static_cast<size_t>(std::min<uint64_t>(count, size_));
  if (store_.items.empty() && expected > bulk_structs) {
    store_.items.reserve(expected);
    store_.heap.reserve(size_);
    handles_.reserve(expected);
    bulk_ = true;
  }
  WireStruct item;
  for (uint64_t index = 0; index < count; ++index) {
    if (!read_struct(decoder, id, item)) return fail(reasons::malformed, "update struct");
    if (store_.slots.size() + 4 > slot_limit) return fail(reasons::too_large, "clients");
    id.clock += item.length;
    if (item.kind != Kind::skip) {
      bool next = handles_.size() > begin && continues(handles_.back(), item);
      continuing_ += next;
      if (++seen_ == join_window) {
        joining_ = continuing_ > join_window / 8 * 7;
        seen_ = continuing_ = 0;
      }
      // GC runs always: a few bytes can hold any number of them.
      if (next && (joining_ || item.kind == Kind::gc))
        join_decoded(handles_.back(), item);
      else
        handles_.push_back(make_item(item));
      if (index % structs_between_checks == 0 && rough_memory() > memory_limit)
        return fail(reasons::too_large, "memory for one update");
    }
  }
  blocks_.back().end = static_cast<uint32_t>(handles_.size());
  return {};
}

template <class Decoder>
Result<DeleteSet> Applier::decode(Decoder& decoder, Format format, size_t size) {
  uint64_t memory_limit =
      rough_memory() + std::max<uint64_t>(limits_.memory_floor, size * limits_.memory_factor);
  for (uint64_t count = decoder.rest().varuint(); count > 0; --count) {
    TRY(decode_block(decoder, memory_limit));
    if (blocks_.size() % structs_between_checks == 0 && rough_memory() > memory_limit)
      return fail(reasons::too_large, "memory for one update");
  }
  DeleteSet deleted = DeleteSet::read(decoder.rest(), format);
  if (decoder.failed()) return fail(reasons::malformed, "delete set");
  return deleted;
}

Applier::Block* Applier::block_of(uint64_t client) {
  auto found = std::ranges::lower_bound(blocks_, client, std::ranges::greater{}, &Block::client);
  for (; found != blocks_.end() && found->client == client; ++found)
    if (found->at < found->end && !found->blocked) return &*found;
  return nullptr;
}

/// Everything on the stack waits, and what follows it in its block with it.
void Applier::keep_rest(Leftover&) {
  for (Block* block : stack_) block->blocked = true;
  stack_.clear();
}

void Applier::integrate_stack(Block& first, Leftover& left) {
  auto note_missing = [&](uint64_t client, uint64_t clock) {
    auto [entry, fresh] = left.missing.emplace(client, clock);
    if (!fresh) entry->second = std::min(entry->second, clock);
  };
  stack_.assign(1, &first);
  while (!stack_.empty()) {
    Block& block = *stack_.back();
    block.waiting = false;
    if (block.at == block.end) {
      stack_.pop_back();
      continue;
    }
    uint32_t handle = handles_[block.at];
    uint64_t clock = store_.id(store_.items[handle]).clock;
    uint32_t own = store_.client_of_slot(store_.items[handle].slot);
    uint64_t state = own == none ? 0 : store_.clients[own].state;
    uint64_t needed = 0;
    if (transaction_.exhausted()) {
      note_missing(block.client, 0);
      keep_rest(left);
    } else if (clock > state) {
      note_missing(block.client, clock - 1);
      keep_rest(left);
    } else if (transaction_.missing(handle, needed)) {
      Block* source = block_of(needed);
      block.waiting = true;
      if (source && !source->waiting) {
        stack_.push_back(source);
        continue;
      }
      note_missing(needed, store_.state(needed));
      keep_rest(left);
    } else {
      ++block.at;
      uint64_t length = store_.length(handle);
      if (clock + length <= state) {
        drop(handle);
      } else {
        if (clock < state) transaction_.trim(handle, state - clock);
        transaction_.integrate(handle);
      }
      if (stack_.size() > 1) stack_.pop_back();
    }
  }
}

void Applier::integrate(Leftover& left) {
  std::ranges::sort(blocks_, [](const Block& a, const Block& b) {
    if (a.client != b.client) return a.client > b.client;
    return a.first_clock != b.first_clock ? a.first_clock < b.first_clock : a.begin < b.begin;
  });
  for (Block& block : blocks_)
    if (!block.blocked && block.at < block.end) integrate_stack(block, left);

  Writer writer(left.structs);
  uint64_t count = 0;
  for (const Block& block : blocks_) count += block.at < block.end;
  if (count == 0) return;
  writer.varuint(count);
  EncoderV1 encoder(left.structs);
  for (const Block& block : blocks_) {
    if (block.at == block.end) continue;
    size_t start = left.structs.size();
    uint64_t written = 0, end = 0;
    WireStruct item;
    for (uint32_t at = block.at; at < block.end; ++at) {
      store_.describe(handles_[at], item);
      if (written++ == 0) {
        encoder.client(block.client);
        encoder.rest().varuint(item.id.clock);
      } else if (item.id.clock > end) {
        WireStruct hole;
        hole.kind = Kind::skip;
        hole.length = item.id.clock - end;
        write_struct(encoder, hole);
        ++written;
      }
      write_struct(encoder, item);
      end = item.id.clock + item.length;
      drop(handles_[at]);
    }
    writer.insert_varuint(start, written);
  }
  writer.varuint(0);
}

Result<> Applier::apply(ByteView update, Format format, Leftover& left) {
  handles_.clear();
  blocks_.clear();
  size_ = update.size();
  bulk_ = false;
  Store::Mark mark = store_.mark();
  Result<DeleteSet> deleted = [&] {
    if (format == Format::v2) {
      DecoderV2 decoder(update);
      return decode(decoder, format, update.size());
    }
    DecoderV1 decoder(update);
    return decode(decoder, format, update.size());
  }();
  if (!deleted) {
    for (size_t i = handles_.size(); i > 0; --i) drop(handles_[i - 1]);
    store_.roll_back(mark);
    return std::unexpected(std::move(deleted).error());
  }
  integrate(left);
  transaction_.delete_ranges(*deleted, left.deleted);
  left.deleted.normalize();
  if (bulk_) {
    auto tidy = [](auto& vector) {
      if (vector.capacity() - vector.size() > vector.size() / 16) vector.shrink_to_fit();
    };
    tidy(store_.items);
    tidy(store_.heap);
  }
  return {};
}

}  // namespace parvis::crdt
