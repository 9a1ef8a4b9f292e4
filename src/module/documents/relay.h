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
#include "module/documents/writing_history.h"
#include "platform/signal.h"

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
  double tokens = 0;  // of the y-websocket door's connection; Hocuspocus counts for the whole socket
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
  Instant at, writing_since;
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
  LiveDocument(DocumentRecord of, crdt::Doc content) : record(std::move(of)), doc(std::move(content)) {}
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
  size_t logged = 0;          // updates since the last compaction, and their bytes
  size_t logged_bytes = 0;
  bool compacting = false;
  writing_history::Spells spells;
  Monotonic idle_since;
  bool unindexed = false;  // changed since the search last read it
  bool broken = false;     // memory holds what the log refused: everybody must open it again
};

/// Keeps a document in memory while something waits in it.
struct DocumentHold {
  explicit DocumentHold(std::shared_ptr<LiveDocument> document) : live(std::move(document)) { ++live->holds; }
  DocumentHold(const DocumentHold&) = delete;
  ~DocumentHold() { --live->holds; }
  std::shared_ptr<LiveDocument> live;
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
               bool may_write, ByteView update, Done done, size_t max_bytes = max_update_bytes);
  /// The same, for who waits. `max_bytes` is more than max_update_bytes for what this side made itself.
  Task<Result<void>> receive_and_wait(std::shared_ptr<LiveDocument> live, PersonId author, bool may_write,
                                      Bytes update, size_t max_bytes = max_update_bytes);
  /// States of other people's clients are passed over; names are the session's.
  Result<void> receive_awareness(LiveDocument& live, Seat& from, ByteView update);
  /// One token per message; an answer takes more by its size.
  Result<void> take_rate(Seat& seat);
  void fill_rate(Seat& seat);
  void charge_answer(Seat& seat, size_t bytes);
  /// Ends every seat in a document: moved to the trash.
  void close(DocumentId id, const Reason& reason);
  /// Ends every seat and every waiting request, for a graceful stop; none may wait afterwards.
  void release_waiting();
  bool stopping() const { return stopping_; }
  /// Gives the search what changed; every ten seconds, and by the owner before it stops.
  Task<void> index_changed();
  /// Puts a state in the place of the log, whatever its length; the relay does it by itself too.
  Task<void> compact(std::shared_ptr<LiveDocument> live);
  /// Waits for what is being written and compacted.
  Task<void> flush();
  size_t loaded() const { return documents_.size(); }

  static constexpr size_t max_seats = 500;
  static constexpr size_t max_seats_per_person = 20;
  static constexpr size_t max_update_bytes = 4 << 20;
  static constexpr size_t max_document_memory = 64 << 20;
  static constexpr double messages_per_second = 100;
  static constexpr double message_burst = 2'000;
  static constexpr size_t answer_bytes_per_token = 16 << 10;
  static constexpr size_t max_awareness_bytes = 64 << 10;
  static constexpr int64_t idle_us = seconds_us(30);
  static constexpr int64_t beat_us = 16'000;  // one picture of a screen: nobody sees what is sooner
  static constexpr size_t max_beat_updates = 200;
  static constexpr size_t max_beat_bytes = 256 << 10;
  // The log is compacted when nobody is left, or, while people are here, when it grows long or large.
  static constexpr size_t compact_from_updates = 200;
  static constexpr size_t compact_open_from_updates = 2'000;
  static constexpr size_t compact_open_from_bytes = 16 << 20;

 private:
  struct Checked {
    bool nothing_new = false;
    std::optional<uint64_t> writer;  // the client that writes, when it is one
  };
  Result<void> check(LiveDocument& live, PersonId author, bool may_write, ByteView update, size_t max_bytes,
                     Checked& out);
  Task<Result<std::shared_ptr<LiveDocument>>> load(DocumentRecord record);
  void tell(LiveDocument& live, Told told);
  void keep(LiveDocument& live, Unkept update);
  void beat(LiveDocument& live);
  void end_beat(LiveDocument& live);
  void refuse(LiveDocument& live, const std::shared_ptr<Seat>& seat, const Reason& reason);
  void written(const std::shared_ptr<LiveDocument>& live, std::vector<Unkept> updates, Result<void> outcome);
  void decide_again(const std::function<bool(const Seat&, const LiveDocument&)>& concerned);
  void sweep();
  Task<void> index(std::shared_ptr<LiveDocument> live);
  Task<Result<void>> compact_log(std::shared_ptr<LiveDocument> live);

  Context& context_;
  bool stopping_ = false;
  size_t compactions_ = 0;  // under way
  std::unordered_map<DocumentId, std::shared_ptr<LiveDocument>> documents_;
  /// Whoever wants a document that is being loaded waits for that load; others do not.
  struct Loading {
    std::optional<Result<std::shared_ptr<LiveDocument>>> outcome;
    Signal done;
  };
  std::unordered_map<DocumentId, std::shared_ptr<Loading>> loading_;
  Periodic sweeping_;
};

}  // namespace parvis
