#include "core/content_hash.h"

#include <sodium.h>

#include <array>

namespace parvis {

struct ContentHash::State {
  crypto_generichash_state hash;
};

ContentHash::ContentHash() : state_(std::make_unique<State>()) {
  crypto_generichash_init(&state_->hash, nullptr, 0, crypto_generichash_BYTES);
}
ContentHash::~ContentHash() = default;

void ContentHash::add(ByteView bytes) {
  crypto_generichash_update(&state_->hash, bytes.data(), bytes.size());
}

std::string ContentHash::finish() {
  std::array<uint8_t, crypto_generichash_BYTES> out;
  crypto_generichash_final(&state_->hash, out.data(), out.size());
  return to_hex(out);
}

}  // namespace parvis
