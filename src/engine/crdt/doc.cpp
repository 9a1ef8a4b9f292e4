#include "engine/crdt/doc.h"

#include <algorithm>

#include "engine/crdt/apply.h"
#include "engine/crdt/encode.h"
#include "engine/crdt/fast_path.h"
#include "engine/crdt/update.h"

namespace parvis::crdt {

struct Doc::Waiting {
  Options options;
  Bytes structs;  // an update, v1, without deletions; empty: none
  std::map<uint64_t, uint64_t> missing;
  DeleteSet deleted;
};

Doc::Doc(Options options)
    : store_(std::make_unique<Store>(options.hash_seed)),
      waiting_(std::make_unique<Waiting>(Waiting{options})) {}
Doc::~Doc() = default;
Doc::Doc(Doc&&) noexcept = default;
Doc& Doc::operator=(Doc&&) noexcept = default;

const Doc::Options& Doc::options() const { return waiting_->options; }
bool Doc::has_pending() const { return !waiting_->structs.empty() || !waiting_->deleted.empty(); }
size_t Doc::memory() const { return sizeof(Doc) + sizeof(Store) + store_->memory(); }
size_t Doc::struct_count() const { return store_->live_items; }

Result<> Doc::apply_update(ByteView update, Format format) {
  const Limits& limits = waiting_->options.limits;
  if (update.size() + waiting_->structs.size() > limits.pending_bytes + (64u << 20))
    return fail(reasons::too_large, "update");
  // An item made by a cut takes about this much, index included.
  constexpr uint64_t split_cost = 56;
  uint64_t memory = std::max<uint64_t>(limits.memory_floor, update.size() * limits.memory_factor);
  Transaction transaction(*store_, {limits.scan_steps, memory / split_cost});
  if (format == Format::v1 && !has_pending() &&
      apply_fast(*store_, transaction, update, waiting_->options.collect_garbage))
    return {};
  Applier applier(*store_, transaction, limits);
  Leftover left;
  TRY(applier.apply(update, format, left));

  auto join_structs = [&](Bytes fresh) {
    if (waiting_->structs.empty()) {
      waiting_->structs = std::move(fresh);
    } else if (!fresh.empty()) {
      ByteView both[] = {waiting_->structs, fresh};
      if (auto merged = merge_updates(both, Format::v1)) waiting_->structs = std::move(*merged);
    }
  };
  auto retry_useful = [&] {
    for (auto [client, clock] : waiting_->missing)
      if (store_->state(client) > clock) return true;
    return false;
  };
  // What waited since earlier is tried first: `left` alone never became integrable by its own arrival.
  bool retry = !waiting_->structs.empty() && retry_useful() && !transaction.exhausted();
  join_structs(std::move(left.structs));
  for (auto [client, clock] : left.missing) {
    auto [entry, is_new] = waiting_->missing.emplace(client, clock);
    if (!is_new) entry->second = std::min(entry->second, clock);
  }
  while (retry) {
    Bytes again = std::move(waiting_->structs);
    waiting_->structs.clear();
    waiting_->missing.clear();
    Leftover rest;
    if (!applier.apply(again, Format::v1, rest)) {
      waiting_->structs = std::move(again);
      break;
    }
    waiting_->structs = std::move(rest.structs);
    waiting_->missing = std::move(rest.missing);
    retry = !waiting_->structs.empty() && !transaction.exhausted() && retry_useful();
  }
  DeleteSet deletions = std::move(waiting_->deleted);
  deletions.add(left.deleted);
  deletions.normalize();
  waiting_->deleted = {};
  transaction.delete_ranges(deletions, waiting_->deleted);
  waiting_->deleted.normalize();
  transaction.finish(waiting_->options.collect_garbage);
  if (transaction.exhausted()) return fail(reasons::deferred, "work beyond the limits");
  return {};
}

Bytes Doc::encode_state(Format format, const StateVector& known) const {
  Bytes out;
  auto encode = [&](auto encoder, Format as) {
    encode_store(*store_, encoder, known);
    store_delete_set(*store_).write(encoder.rest(), as);
    encoder.finish();
  };
  if (!has_pending()) {
    if (format == Format::v1)
      encode(EncoderV1(out), format);
    else
      encode(EncoderV2(out), format);
    return out;
  }
  encode(EncoderV1(out), Format::v1);
  Bytes deletions{0};
  Writer writer(deletions);
  waiting_->deleted.write(writer, Format::v1);
  Bytes structs{0, 0};
  if (!waiting_->structs.empty())
    if (auto diff = diff_update(waiting_->structs, known, Format::v1)) structs = std::move(*diff);
  ByteView parts[] = {out, structs, deletions};
  auto merged = merge_updates(parts, Format::v1);
  if (!merged) return out;
  if (format == Format::v1) return std::move(*merged);
  auto converted = convert_update(*merged, Format::v1, Format::v2);
  return converted ? std::move(*converted) : Bytes{};
}

StateVector Doc::state_vector() const {
  std::vector<StateVector::Entry> entries;
  for (const Client& client : store_->clients) entries.push_back({client.id, client.state});
  return StateVector(std::move(entries));
}

uint64_t Doc::clock(uint64_t client) const { return store_->state(client); }

DeleteSet Doc::delete_set() const { return store_delete_set(*store_); }

Snapshot Doc::snapshot() const { return {delete_set(), state_vector()}; }

Result<bool> Doc::contains_update(ByteView update, Format format) const {
  UpdateSummary summary = TRY(summarize_update(update, format));
  for (const auto& client : summary.clients)
    if (client.end_clock > store_->state(client.client)) return false;
  for (const auto& entry : summary.deleted.clients()) {
    uint32_t number = store_->find_client(entry.client);
    for (DeleteSet::Range range : entry.ranges) {
      if (number == none || range.clock + range.length > store_->clients[number].state) return false;
      const ClientIndex& index = store_->clients[number].index;
      ClientIndex::Position at = index.find(range.clock);
      do {
        if (index.clock(at) >= range.clock + range.length) break;
        if (!store_->items[index.handle(at)].deleted) return false;
      } while (index.next(at));
    }
  }
  return true;
}

}  // namespace parvis::crdt
