#pragma once
// The documents that are open, and who is in them. A document is loaded when somebody comes and unloaded some
// time after the last one left. An update is applied, handed to the others as the bytes that came, and
// acknowledged once it is durable. Loop thread only.
#include <functional>
#include <memory>
#include <span>
#include <unordered_map>
#include <vector>

#include "core/periodic.h"
#include "engine/crdt/awareness.h"
#include "engine/crdt/doc.h"
#include "module/documents/api.h"
#include "platform/async_mutex.h"

namespace parvis {

struct LiveDocument;

/// One connection's place in one document. The door that made it owns the socket and clears `socket` when the
/// socket goes.
struct Seat {
  http::WebSocket* socket = nullptr;
  bool hocuspocus = false;
  std::string address;  // Hocuspocus: echoed in every message
  PersonId person;
  SessionId session;
  bool may_write = false;
  bool wants_durable = false;     // y-websocket door: asked to be told
  uint64_t durable = 0;           // ... how many of its updates are kept
  std::vector<uint64_t> clients;  // whose awareness states it brought
  double tokens = 0;
  Monotonic tokens_at;
};

/// What is to be told to everybody in a document but the one who said it.
struct Told {
  const Seat* from = nullptr;  // compared, never followed
  bool awareness = false;
  std::shared_ptr<const Bytes> content;
};

/// An update on its way to the log. Without content: only waits for those before it.
struct Unkept {
  PersonId author;
  Instant at;
  std::shared_ptr<const Bytes> content;
  std::move_only_function<void(Result<void>)> done;
};

/// What came in since the last beat; it is told and kept together.
struct Beat {
  std::vector<Told> told;
  std::vector<Unkept> unkept;
  size_t bytes = 0;
};

struct LiveDocument : std::enable_shared_from_this<LiveDocument> {
  LiveDocument(DocumentRecord of, crdt::Doc::Options options) : record(std::move(of)), doc(options) {}
  DocumentRecord record;
  crdt::Doc doc;
  crdt::Awareness awareness;
  std::vector<std::shared_ptr<Seat>> seats;
  std::unordered_map<uint64_t, PersonId> writers;  // who writes with a client number, while somebody is here
  Beat beat;
  Monotonic beaten_at;
  bool beat_is_due = false;  // its timer runs
  Signal changed;
  size_t holds = 0;           // HTTP requests under way
  size_t pending_writes = 0;  // updates not yet durable
  size_t logged = 0;          // updates since the last compaction
  Monotonic idle_since;
  bool unindexed = false;  // changed since the search last read it
  bool broken = false;     // memory holds what the log refused: everybody must open it again
};

class Relay {
 public:
  explicit Relay(Context& context);

  /// The document in memory; a load that fails yields no document.
  Task<Result<std::shared_ptr<LiveDocument>>> open(DocumentRecord record);
  /// reasons: crowded, or why the person may not read. Sets the seat's rights.
  Result<void> join(LiveDocument& live, const std::shared_ptr<Seat>& seat);
  void leave(LiveDocument& live, const std::shared_ptr<Seat>& seat);

  using Done = std::move_only_function<void(Result<void>)>;
  /// `done` is called once: with a value when the update is durable (or held nothing new), with the reason
  /// when it was refused and the document is untouched. `from` is null for the HTTP door.
  void receive(std::shared_ptr<LiveDocument> live, std::shared_ptr<Seat> from, PersonId author,
               bool may_write, ByteView update, Done done);
  /// States of other people's clients are passed over; names are the session's.
  Result<void> receive_awareness(LiveDocument& live, Seat& from, ByteView update);
  /// One token per message.
  Result<void> take_rate(Seat& seat);
  /// Ends every seat in a document: moved to the trash.
  void close(DocumentId id, const Reason& reason);
  /// Ends every seat and every waiting request, for a graceful stop; none may wait afterwards.
  void release_waiting();
  bool stopping() const { return stopping_; }
  /// Gives the search what changed; every ten seconds, and by the owner before it stops.
  Task<void> index_changed();
  Task<void> flush();
  size_t loaded() const { return documents_.size(); }

  static constexpr size_t max_seats = 500;
  static constexpr size_t max_seats_per_person = 20;
  static constexpr size_t max_update_bytes = 4 << 20;
  static constexpr size_t max_document_memory = 64 << 20;
  static constexpr double messages_per_second = 100;
  static constexpr double message_burst = 2'000;
  static constexpr int64_t idle_us = seconds_us(30);
  static constexpr int64_t beat_us = 16'000;  // one picture of a screen: nobody sees what is sooner
  static constexpr size_t max_beat_updates = 200;
  static constexpr size_t max_beat_bytes = 256 << 10;
  static constexpr size_t compact_from_updates = 200;

 private:
  struct Checked {
    bool nothing_new = false;
    std::optional<uint64_t> writer;  // the client that writes, when it is one
  };
  Result<void> check(LiveDocument& live, PersonId author, bool may_write, ByteView update, Checked& out);
  void tell(LiveDocument& live, Told told);
  void keep(LiveDocument& live, Unkept update);
  void beat(LiveDocument& live);
  void end_beat(LiveDocument& live);
  void refuse(LiveDocument& live, const std::shared_ptr<Seat>& seat, const Reason& reason);
  void written(const std::shared_ptr<LiveDocument>& live, std::vector<Unkept> updates, Result<void> outcome);
  void decide_again(const std::function<bool(const Seat&, const LiveDocument&)>& concerned);
  void sweep();
  Task<void> index(std::shared_ptr<LiveDocument> live);
  Task<void> compact(std::shared_ptr<LiveDocument> live);

  Context& context_;
  bool stopping_ = false;
  std::unordered_map<DocumentId, std::shared_ptr<LiveDocument>> documents_;
  AsyncMutex loading_;
  Periodic sweeping_;
};

}  // namespace parvis
