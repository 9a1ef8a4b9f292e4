// permessage-deflate: what we compress inflates to itself; negotiation answers or declines any header.
#include <cstddef>
#include <cstdint>

#include "base/bytes.h"
#include "base/check.h"
#include "proto/websocket_deflate.h"

using namespace parvis;
using namespace parvis::proto;

extern "C" int LLVMFuzzerTestOneInput(const uint8_t* data, size_t size) {
  static MessageDeflate deflate;
  auto text = as_text({data, size});
  auto answer = negotiate_deflate(text);
  if (answer) CHECK(answer->find_first_of("\r\n") == std::string::npos);
  auto packed = deflate.compress(text);
  auto back = deflate.inflate(packed, size);
  CHECK(back && *back == text);
  auto hostile = deflate.inflate(text, 1000);
  if (hostile) CHECK(hostile->size() <= 1000);
  return 0;
}
