#pragma once
// The simulator's network: ordered byte streams between machines that delay, split, stall, reset and fill up,
// but never reorder or invent bytes.
#include <deque>
#include <map>
#include <string>

#include "platform/net.h"
#include "platform/signal.h"

namespace parvis::simulated {

class Machine;
class SimulatedListener;

class SimulatedNet final : public Net {
 public:
  explicit SimulatedNet(Machine& machine) : machine_(machine) {}

  Result<std::unique_ptr<Listener>> listen(const Address& address) override;
  Result<std::unique_ptr<TlsContext>> load_tls(const TlsFiles& files) override;
  /// The same bytes as plain; the streams say encrypted().
  Result<std::unique_ptr<Listener>> listen_tls(const Address& address, TlsContext& context) override;
  Task<Result<std::unique_ptr<Stream>>> connect(Address address, Monotonic deadline) override;

 private:
  friend class SimulatedListener;
  Result<std::unique_ptr<Listener>> listen_on(const Address& address, bool encrypted);

  Machine& machine_;
  std::map<uint16_t, SimulatedListener*> listeners_;
  uint16_t next_port_ = 32'768;
};

}  // namespace parvis::simulated
