#include "engine/crdt/state_vector.h"

#include <algorithm>
#include <functional>
#include <map>

#include "engine/crdt/errors.h"

namespace parvis::crdt {
namespace {

/// A delete set may hold this many ranges whatever its size, and one per four bytes above that: in memory a
/// range is 16 bytes, so a set never takes more than four times its encoded size.
constexpr uint64_t free_ranges = 65'536;
constexpr uint64_t bytes_per_range = 4;
/// What the list of one client costs, in ranges.
constexpr uint64_t ranges_per_client = 5;

}  // namespace

StateVector::StateVector(std::vector<Entry> entries) : entries_(std::move(entries)) {
  auto not_below = [](const Entry& a, const Entry& b) { return a.client <= b.client; };
  if (std::ranges::adjacent_find(entries_, not_below) == entries_.end()) return;
  std::map<uint64_t, uint64_t, std::greater<>> ordered;
  for (const Entry& entry : entries_) ordered[entry.client] = entry.clock;
  entries_.clear();
  for (auto [client, clock] : ordered) entries_.push_back({client, clock});
}

StateVector StateVector::read(Reader& reader) {
  std::vector<Entry> entries;
  uint64_t count = reader.varuint();
  if (count > reader.remaining() / 2) reader.fail();
  for (; count > 0 && !reader.failed(); --count) {
    uint64_t client = reader.varuint();
    entries.push_back({client, reader.varuint()});
  }
  return reader.failed() ? StateVector{} : StateVector(std::move(entries));
}

Result<StateVector> StateVector::decode(ByteView bytes) {
  Reader reader(bytes);
  StateVector vector = read(reader);
  if (reader.failed()) return fail(reasons::malformed, "state vector");
  return vector;
}

void StateVector::write(Writer& writer) const {
  writer.varuint(entries_.size());
  for (const Entry& entry : entries_) {
    writer.varuint(entry.client);
    writer.varuint(entry.clock);
  }
}

Bytes StateVector::encode() const {
  Bytes out;
  Writer writer(out);
  write(writer);
  return out;
}

uint64_t StateVector::clock(uint64_t client) const {
  auto found = std::ranges::lower_bound(entries_, client, std::ranges::greater{}, &Entry::client);
  return found != entries_.end() && found->client == client ? found->clock : 0;
}

void DeleteSet::add(uint64_t client, uint64_t clock, uint64_t length) {
  if (length == 0) return;
  if (clients_.empty() || clients_.back().client != client) clients_.push_back({client, {}});
  auto& ranges = clients_.back().ranges;
  if (!ranges.empty() && ranges.back().clock + ranges.back().length == clock)
    ranges.back().length += length;
  else
    ranges.push_back({clock, length});
}

void DeleteSet::add(const DeleteSet& other) {
  clients_.insert(clients_.end(), other.clients_.begin(), other.clients_.end());
}

void DeleteSet::normalize() {
  std::erase_if(clients_, [](const Client& entry) { return entry.ranges.empty(); });
  if (!std::ranges::is_sorted(clients_, std::ranges::greater{}, &Client::client))
    std::ranges::sort(clients_, std::ranges::greater{}, &Client::client);
  size_t kept = 0;
  for (size_t i = 0; i < clients_.size(); ++i) {
    if (kept > 0 && clients_[kept - 1].client == clients_[i].client) {
      auto& into = clients_[kept - 1].ranges;
      into.insert(into.end(), clients_[i].ranges.begin(), clients_[i].ranges.end());
    } else {
      if (kept != i) clients_[kept] = std::move(clients_[i]);
      ++kept;
    }
  }
  clients_.resize(kept);
  for (Client& entry : clients_) {
    auto& ranges = entry.ranges;
    if (!std::ranges::is_sorted(ranges, {}, &Range::clock)) std::ranges::sort(ranges, {}, &Range::clock);
    size_t last = 0;
    for (size_t i = 1; i < ranges.size(); ++i) {
      uint64_t end = ranges[last].clock + ranges[last].length;
      if (ranges[i].clock <= end)
        ranges[last].length = std::max(end, ranges[i].clock + ranges[i].length) - ranges[last].clock;
      else
        ranges[++last] = ranges[i];
    }
    ranges.resize(last + 1);
  }
}

bool DeleteSet::contains(Id id) const {
  auto found = std::ranges::lower_bound(clients_, id.client, std::ranges::greater{}, &Client::client);
  if (found == clients_.end() || found->client != id.client) return false;
  auto range = std::ranges::upper_bound(found->ranges, id.clock, {}, &Range::clock);
  if (range == found->ranges.begin()) return false;
  --range;
  return id.clock - range->clock < range->length;
}

DeleteSet DeleteSet::read(Reader& reader, Format format) {
  DeleteSet set;
  uint64_t budget = free_ranges + reader.remaining() / bytes_per_range;
  for (uint64_t clients = reader.varuint(); clients > 0 && !reader.failed(); --clients) {
    uint64_t client = reader.varuint();
    uint64_t count = reader.varuint();
    if (count > reader.remaining() / 2 || count > budget) reader.fail();
    if (budget < ranges_per_client) reader.fail();
    budget -= ranges_per_client;
    uint64_t current = 0;
    if (!reader.failed() && count > 0) {
      set.clients_.push_back({client, {}});
      set.clients_.back().ranges.reserve(static_cast<size_t>(std::min(count, budget)));
    }
    for (; count > 0 && !reader.failed(); --count) {
      uint64_t clock = reader.varuint(), length = reader.varuint();
      if (format == Format::v2) {
        clock += current;
        length += 1;
        current = clock + length;
      }
      if (clock > max_safe_integer || length > max_safe_integer - clock || budget == 0) reader.fail();
      --budget;
      if (length > 0 && !reader.failed()) set.add(client, clock, length);
    }
  }
  if (reader.failed()) return {};
  set.normalize();
  return set;
}

void DeleteSet::write(Writer& writer, Format format) const {
  writer.varuint(clients_.size());
  for (const Client& entry : clients_) {
    writer.varuint(entry.client);
    writer.varuint(entry.ranges.size());
    uint64_t current = 0;
    for (Range range : entry.ranges) {
      writer.varuint(format == Format::v2 ? range.clock - current : range.clock);
      writer.varuint(format == Format::v2 ? range.length - 1 : range.length);
      current = range.clock + range.length;
    }
  }
}

Result<Snapshot> Snapshot::decode(ByteView bytes, Format format) {
  Reader reader(bytes);
  Snapshot snapshot;
  snapshot.deleted = DeleteSet::read(reader, format);
  snapshot.state = StateVector::read(reader);
  if (reader.failed()) return fail(reasons::malformed, "snapshot");
  return snapshot;
}

Bytes Snapshot::encode(Format format) const {
  Bytes out;
  Writer writer(out);
  deleted.write(writer, format);
  state.write(writer);
  return out;
}

}  // namespace parvis::crdt
