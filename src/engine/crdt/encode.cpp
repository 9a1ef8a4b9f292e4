#include "engine/crdt/encode.h"

#include <string>

namespace parvis::crdt {

template <class Encoder>
void encode_store(const Store& store, Encoder& encoder, const StateVector& known) {
  std::vector<uint32_t> order = store.clients_descending();
  std::erase_if(order, [&](uint32_t number) {
    return store.clients[number].state <= known.clock(store.clients[number].id);
  });
  encoder.rest().varuint(order.size());
  WireStruct item;
  std::string scratch;
  for (uint32_t number : order) {
    const Client& client = store.clients[number];
    uint64_t from = known.clock(client.id);
    ClientIndex::Position first = client.index.find(from), at = first;
    uint64_t count = 1;
    for (; client.index.next(at);) ++count;
    encoder.rest().varuint(count);
    encoder.client(client.id);
    encoder.rest().varuint(from);
    at = first;
    do {
      store.describe(client.index.handle(at), item);
      if (item.id.clock < from) {
        drop_front(item, from - item.id.clock, scratch);
      }
      write_struct(encoder, item);
    } while (client.index.next(at));
  }
}
template void encode_store(const Store&, EncoderV1&, const StateVector&);
template void encode_store(const Store&, EncoderV2&, const StateVector&);

DeleteSet store_delete_set(const Store& store) {
  DeleteSet set;
  for (const Client& client : store.clients) {
    ClientIndex::Position at = client.index.first();
    do {
      uint32_t handle = client.index.handle(at);
      const Item& item = store.items[handle];
      if (item.deleted) set.add(client.id, client.index.clock(at), store.length(item, handle));
    } while (client.index.next(at));
  }
  set.normalize();
  return set;
}

}  // namespace parvis::crdt
