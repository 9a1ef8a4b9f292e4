#pragma once
// BLAKE2b-256 of content as it passes, in hexadecimal: the name of a blob, the seal of a backup.
#include <cstddef>
#include <memory>
#include <string>

#include "base/bytes.h"

namespace parvis {

class ContentHash {
 public:
  ContentHash();
  ~ContentHash();
  void add(ByteView bytes);
  std::string finish();  // once

 private:
  struct State;
  std::unique_ptr<State> state_;
};

}  // namespace parvis
