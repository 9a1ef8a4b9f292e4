#include "engine/crdt/awareness.h"

#include "engine/crdt/any.h"
#include "engine/crdt/errors.h"
#include "engine/crdt/sync_protocol.h"
#include "engine/crdt/wire.h"

namespace parvis::crdt {

Result<std::vector<AwarenessEntry>> decode_awareness(ByteView update) {
  Reader reader(update);
  std::vector<AwarenessEntry> entries;
  // An entry takes at least three bytes.
  uint64_t count = reader.varuint();
  if (count > reader.remaining() / 3 + 1) reader.fail();
  for (; count > 0 && !reader.failed(); --count) {
    AwarenessEntry entry;
    entry.client = reader.varuint();
    entry.clock = reader.varuint();
    entry.state = read_message_text(reader);
    if (!valid_json(entry.state)) reader.fail();
    entries.push_back(entry);
  }
  if (reader.failed()) return fail(reasons::malformed, "awareness");
  return entries;
}

Bytes encode_awareness(std::span<const AwarenessEntry> entries) {
  Bytes out;
  Writer writer(out);
  writer.varuint(entries.size());
  for (const AwarenessEntry& entry : entries) {
    writer.varuint(entry.client);
    writer.varuint(entry.clock);
    writer.varstring(entry.state);
  }
  return out;
}

Result<Awareness::Changes> Awareness::apply(ByteView update) {
  std::vector<AwarenessEntry> entries = TRY(decode_awareness(update));
  for (const AwarenessEntry& entry : entries)
    if (entry.state.size() > limits_.state_bytes) return fail(reasons::too_large, "awareness state");
  if (present_ + entries.size() > limits_.clients) return fail(reasons::too_large, "awareness clients");
  if (known_.size() + entries.size() > limits_.clients)
    std::erase_if(known_, [](const auto& entry) { return !entry.second.present; });
  Changes changes;
  for (const AwarenessEntry& entry : entries) {
    auto found = known_.find(entry.client);
    bool known = found != known_.end();
    bool gone = entry.state == "null";
    uint64_t current = known ? found->second.clock : 0;
    bool was_present = known && found->second.present;
    if (current >= entry.clock && !(current == entry.clock && gone && was_present)) continue;
    Known& record = known_[entry.client];
    record.clock = entry.clock;
    record.present = !gone;
    record.state = gone ? std::string{} : std::string(entry.state);
    present_ += record.present ? 1 : 0;
    present_ -= was_present ? 1 : 0;
    if (!known && !gone) changes.added.push_back(entry.client);
    if (known && gone) changes.removed.push_back(entry.client);
    if (known && !gone) changes.updated.push_back(entry.client);
  }
  return changes;
}

Bytes Awareness::remove(std::span<const uint64_t> clients) {
  std::vector<AwarenessEntry> entries;
  for (uint64_t client : clients) {
    auto found = known_.find(client);
    if (found == known_.end() || !found->second.present) continue;
    found->second.present = false;
    found->second.state.clear();
    --present_;
    entries.push_back({client, found->second.clock, "null"});
  }
  return entries.empty() ? Bytes{} : encode_awareness(entries);
}

Bytes Awareness::encode() const {
  std::vector<AwarenessEntry> entries;
  for (const auto& [client, record] : known_)
    if (record.present) entries.push_back({client, record.clock, record.state});
  return encode_awareness(entries);
}

const std::string* Awareness::state(uint64_t client) const {
  auto found = known_.find(client);
  return found != known_.end() && found->second.present ? &found->second.state : nullptr;
}

uint64_t Awareness::clock(uint64_t client) const {
  auto found = known_.find(client);
  return found == known_.end() ? 0 : found->second.clock;
}

std::vector<uint64_t> Awareness::present() const {
  std::vector<uint64_t> out;
  for (const auto& [client, record] : known_)
    if (record.present) out.push_back(client);
  return out;
}

}  // namespace parvis::crdt
