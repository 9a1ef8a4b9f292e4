#include "engine/crdt/update.h"

#include <algorithm>
#include <queue>

#include "engine/crdt/errors.h"
#include "engine/crdt/wire_struct.h"

namespace parvis::crdt {
namespace {

/// A run-length column can claim any number of structs in a few bytes; this many are worth the time.
constexpr uint64_t max_structs = 4'000'000;
/// A struct of v1 is rarely under ten bytes; a v2 update may unfold this far.
constexpr uint64_t free_unfolded_bytes = 32u << 20;
constexpr uint64_t unfolding = 4;

struct Block {
  uint64_t client;
  uint64_t first_clock;
  uint64_t count;
  DecoderV1 decoder;  // at the first struct
};

std::unexpected<Error> malformed(const char* what) { return fail(reasons::malformed, what); }

/// Calls on_block(client, clock, count) and on_struct(decoder, item) for all of an update, then reads the
/// delete set.
template <class Decoder, class OnBlock, class OnStruct>
Result<DeleteSet> walk(Decoder& decoder, Format format, OnBlock on_block, OnStruct on_struct) {
  uint64_t budget = max_structs;
  for (uint64_t blocks = decoder.rest().varuint(); blocks > 0; --blocks) {
    uint64_t count = decoder.rest().varuint();
    Id id{decoder.client(), 0};
    id.clock = decoder.rest().varuint();
    if (decoder.failed()) return malformed("update header");
    if (count > budget) return fail(reasons::too_large, "structs in one update");
    budget -= count;
    on_block(id.client, id.clock, count);
    for (; count > 0; --count) {
      WireStruct item;
      if (!read_struct(decoder, id, item)) return malformed("update struct");
      TRY(on_struct(item));
      id.clock += item.length;
    }
  }
  DeleteSet deleted = DeleteSet::read(decoder.rest(), format);
  if (decoder.failed()) return malformed("delete set");
  return deleted;
}

Result<> accept(const WireStruct&) { return {}; }

template <class Function>
auto with_decoder(ByteView update, Format format, Function function) {
  if (format == Format::v2) {
    DecoderV2 decoder(update);
    return function(decoder);
  }
  DecoderV1 decoder(update);
  return function(decoder);
}

template <class Encoder, class Decoder>
Result<Bytes> transcode(Decoder& decoder, Format from, Format to, size_t input_size) {
  Bytes out;
  Encoder encoder(out);
  encoder.rest().varuint(0);
  size_t header = encoder.rest().out().size() - 1;
  uint64_t blocks = 0;
  uint64_t limit = std::max<uint64_t>(free_unfolded_bytes, input_size * unfolding);
  auto on_block = [&](uint64_t client, uint64_t clock, uint64_t count) {
    ++blocks;
    encoder.rest().varuint(count);
    encoder.client(client);
    encoder.rest().varuint(clock);
  };
  auto on_struct = [&](const WireStruct& item) -> Result<> {
    write_struct(encoder, item);
    if (encoder.rest().out().size() > limit) return fail(reasons::too_large, "unfolded update");
    return {};
  };
  DeleteSet deleted = TRY(walk(decoder, from, on_block, on_struct));
  deleted.write(encoder.rest(), to);
  auto& rest = encoder.rest().out();
  rest.erase(rest.begin() + static_cast<ptrdiff_t>(header));
  encoder.rest().insert_varuint(header, blocks);
  encoder.finish();
  return out;
}

/// One cursor over one client's structs in one update.
class Cursor {
 public:
  explicit Cursor(const Block& block)
      : decoder_(block.decoder), left_(block.count), id_{block.client, block.first_clock} {
    advance();
  }
  bool done() const { return done_; }
  const WireStruct& item() const { return item_; }
  WireStruct& item() { return item_; }
  uint64_t end() const { return item_.id.clock + item_.length; }
  void advance() {
    do {
      done_ = left_-- == 0 || !read_struct(decoder_, id_, item_);
      if (done_) return;
      id_.clock += item_.length;
    } while (item_.kind == Kind::skip);
  }

 private:
  DecoderV1 decoder_;
  uint64_t left_;
  Id id_;
  WireStruct item_;
  bool done_ = false;
};

template <class Encoder>
class BlockWriter {
 public:
  explicit BlockWriter(Bytes& out) : encoder_(out) {}
  void begin(uint64_t client) {
    client_ = client;
    count_ = 0;
  }
  void write(WireStruct& item) {
    if (count_ == 0) {
      start_ = encoder_.rest().out().size();
      encoder_.client(client_);
      encoder_.rest().varuint(item.id.clock);
      ++blocks_;
    } else if (item.id.clock > end_) {
      WireStruct hole;
      hole.kind = Kind::skip;
      hole.length = item.id.clock - end_;
      write_struct(encoder_, hole);
      ++count_;
    }
    write_struct(encoder_, item);
    ++count_;
    end_ = item.id.clock + item.length;
  }
  void end() {
    if (count_ > 0) encoder_.rest().insert_varuint(start_, count_);
  }
  uint64_t written_end() const { return count_ > 0 ? end_ : 0; }
  void finish(const DeleteSet& deleted, Format format) {
    encoder_.rest().insert_varuint(0, blocks_);
    deleted.write(encoder_.rest(), format);
    encoder_.finish();
  }

 private:
  Encoder encoder_;
  uint64_t client_ = 0, end_ = 0, count_ = 0, blocks_ = 0;
  size_t start_ = 0;
};

template <class Encoder>
Bytes merge_blocks(std::vector<Block>& blocks, const DeleteSet& deleted, Format format,
                   const StateVector& from) {
  std::ranges::sort(blocks, [](const Block& a, const Block& b) {
    return a.client != b.client ? a.client > b.client : a.first_clock < b.first_clock;
  });
  Bytes out;
  BlockWriter<Encoder> writer(out);
  std::string scratch;
  auto later = [](const Cursor& a, const Cursor& b) { return a.item().id.clock > b.item().id.clock; };
  for (size_t begin = 0; begin < blocks.size();) {
    uint64_t client = blocks[begin].client;
    size_t waiting = begin;
    while (begin < blocks.size() && blocks[begin].client == client) ++begin;
    writer.begin(client);
    uint64_t known = from.clock(client);
    std::vector<Cursor> open;
    while (true) {
      // Blocks join when their first struct may be next, so that few are open at once.
      while (waiting < begin &&
             (open.empty() || blocks[waiting].first_clock <= open.front().item().id.clock)) {
        Cursor cursor(blocks[waiting++]);
        if (cursor.done()) continue;
        open.push_back(std::move(cursor));
        std::ranges::push_heap(open, later);
      }
      if (open.empty()) break;
      std::ranges::pop_heap(open, later);
      Cursor& next = open.back();
      uint64_t covered = std::max(known, writer.written_end());
      if (next.end() > covered) {
        if (next.item().id.clock < covered) drop_front(next.item(), covered - next.item().id.clock, scratch);
        writer.write(next.item());
      }
      next.advance();
      if (next.done())
        open.pop_back();
      else
        std::ranges::push_heap(open, later);
    }
    writer.end();
  }
  writer.finish(deleted, format);
  return out;
}

/// Collects the blocks of v1 updates; structs are checked and passed over.
Result<> collect_blocks(ByteView update, std::vector<Block>& blocks, DeleteSet& deleted) {
  DecoderV1 decoder(update);
  auto on_block = [&](uint64_t client, uint64_t clock, uint64_t count) {
    blocks.push_back({client, clock, count, decoder});
  };
  deleted.add(TRY(walk(decoder, Format::v1, on_block, accept)));
  return {};
}

}  // namespace

Result<Bytes> convert_update(ByteView update, Format from, Format to) {
  if (from == to) return Bytes(update.begin(), update.end());
  return with_decoder(update, from, [&](auto& decoder) {
    return to == Format::v1 ? transcode<EncoderV1>(decoder, from, to, update.size())
                            : transcode<EncoderV2>(decoder, from, to, update.size());
  });
}

Result<Bytes> merge_updates(std::span<const ByteView> updates, Format format) {
  if (updates.size() == 1) return Bytes(updates[0].begin(), updates[0].end());
  std::vector<Bytes> converted;
  converted.reserve(updates.size());
  std::vector<Block> blocks;
  DeleteSet deleted;
  for (ByteView update : updates) {
    if (format == Format::v2)
      update = converted.emplace_back(TRY(convert_update(update, Format::v2, Format::v1)));
    TRY(collect_blocks(update, blocks, deleted));
  }
  deleted.normalize();
  return format == Format::v2 ? merge_blocks<EncoderV2>(blocks, deleted, format, {})
                              : merge_blocks<EncoderV1>(blocks, deleted, format, {});
}

Result<Bytes> diff_update(ByteView update, const StateVector& state, Format format) {
  Bytes converted;
  if (format == Format::v2) update = converted = TRY(convert_update(update, Format::v2, Format::v1));
  std::vector<Block> blocks;
  DeleteSet deleted;
  TRY(collect_blocks(update, blocks, deleted));
  deleted.normalize();
  return format == Format::v2 ? merge_blocks<EncoderV2>(blocks, deleted, format, state)
                              : merge_blocks<EncoderV1>(blocks, deleted, format, state);
}

Result<StateVector> state_vector_of_update(ByteView update, Format format) {
  return with_decoder(update, format, [&](auto& decoder) -> Result<StateVector> {
    std::vector<StateVector::Entry> entries;
    bool open = false;
    auto on_block = [&](uint64_t client, uint64_t clock, uint64_t) {
      open = clock == 0;
      if (open) entries.push_back({client, 0});
    };
    auto on_struct = [&](const WireStruct& item) -> Result<> {
      if (item.kind == Kind::skip) {
        // Yjs counts a hole that stands first of all; nothing it writes begins with one.
        if (open && entries.size() == 1 && item.id.clock == 0) entries.back().clock = item.length;
        if (open && entries.back().clock == 0) entries.pop_back();
        open = false;
      }
      if (open) entries.back().clock += item.length;
      return {};
    };
    TRY(walk(decoder, format, on_block, on_struct));
    return StateVector(std::move(entries));
  });
}

Result<UpdateSummary> summarize_update(ByteView update, Format format) {
  return with_decoder(update, format, [&](auto& decoder) -> Result<UpdateSummary> {
    UpdateSummary summary;
    auto on_block = [&](uint64_t client, uint64_t clock, uint64_t) {
      summary.clients.push_back({client, clock, clock});
    };
    auto on_struct = [&](const WireStruct& item) -> Result<> {
      summary.clients.back().end_clock += item.length;
      return {};
    };
    summary.deleted = TRY(walk(decoder, format, on_block, on_struct));
    return summary;
  });
}

}  // namespace parvis::crdt
