#include "module/chat/render.h"

namespace parvis::chat {

std::string aggregation_json(const Aggregation& aggregation, const Reader& reader) {
  mx::BundledRelations bundle;
  if (aggregation.edit) {
    std::string edit;
    aggregation.edit->event.client.append(edit, true);
    bundle.replace(edit);
  }
  if (aggregation.thread_count && aggregation.thread_latest) {
    std::string latest, inner;
    auto& entry = *aggregation.thread_latest;
    if (entry.aggregation && entry.aggregation->edit) {
      inner = mx::UnsignedData().relations(aggregation_json(*entry.aggregation, reader)).text();
    }
    entry.event.client.append(latest, true, inner);
    bool took_part = reader.user && aggregation.thread_people.contains(reader.user->number);
    bundle.thread(latest, aggregation.thread_count, took_part);
  }
  if (!aggregation.references.empty()) bundle.reference(aggregation.references);
  return bundle.text();
}

void append_event(std::string& out, const Chat&, const Entry& entry, const Reader& reader,
                  bool with_room_id) {
  bool own = !entry.transaction.empty() && reader.user && reader.user->number == entry.sender &&
             entry.transaction.size() > reader.device.size() &&
             entry.transaction.starts_with(reader.device) && entry.transaction[reader.device.size()] == '|';
  // The common case has nothing of its own: bytes as they are.
  if (!own && !entry.replaced && !entry.aggregation && entry.redacted_because.empty()) {
    entry.event.client.append(out, with_room_id);
    return;
  }
  mx::UnsignedData data;
  if (own) data.transaction_id(std::string_view(entry.transaction).substr(reader.device.size() + 1));
  if (entry.replaced) {
    data.prev_content(entry.replaced->event.content_text());
    data.replaces_state(entry.replaced->event.event_id);
  }
  if (!entry.redacted_because.empty()) data.redacted_because(entry.redacted_because);
  if (entry.aggregation) data.relations(aggregation_json(*entry.aggregation, reader));
  entry.event.client.append(out, with_room_id, data.text());
}

void append_state(std::string& out, const mx::StateEvent& state, bool with_room_id) {
  state.event.client.append(out, with_room_id);
}

}  // namespace parvis::chat
