#include "store/session.h"

namespace parvis::store {
namespace {

// max() of the primary key is a descent of the tree; whoever trims the outbox keeps its newest row
// (outbox.h).
const Statement insert_event{
    "outbox.insert",
    "insert into outbox(position, at, kind, actor, space, subject, payload, rule) values "
    "((select coalesce(max(position), 0) + 1 from outbox), $1, $2, $3, $4, $5, $6, $7) returning position"};

}  // namespace

Result<void> check_parameters(std::span<const Parameter> parameters) {
  for (const Parameter& parameter : parameters) {
    auto text = std::get_if<std::string_view>(&parameter.value);
    if (text && text->find('\0') != std::string_view::npos) return fail(reasons::malformed, "NUL in a text");
  }
  return {};
}

Result<Rows> Session::run(const Statement& statement, std::span<const Parameter> parameters) {
  if (spoiled_) return std::unexpected(*spoiled_);
  auto rows = do_query(statement, parameters);
  if (!rows) spoiled_ = rows.error();
  return rows;
}

Result<int64_t> Session::change(const Statement& statement, std::span<const Parameter> parameters) {
  if (spoiled_) return std::unexpected(*spoiled_);
  auto changed = do_change(statement, parameters);
  if (!changed) spoiled_ = changed.error();
  return changed;
}

Result<int64_t> Session::publish(const Event& event) {
  auto rows = TRY(query(insert_event, clock_.now(), event.kind, event.actor, event.space, event.subject,
                        event.payload, event.rule));
  published_ = rows.integer(0, 0);
  return published_;
}

Result<void> Session::begin() {
  published_ = 0;
  spoiled_.reset();
  return take_step(Step::begin);
}

Result<void> Session::start_write(bool alone) {
  spoiled_.reset();
  alone_ = alone;
  published_before_write_ = published_;
  if (alone_) return {};
  return take_step(Step::savepoint);
}

Result<void> Session::keep_write() {
  if (spoiled_) {
    Error error = std::move(*spoiled_);
    undo_write();
    return std::unexpected(std::move(error));
  }
  if (alone_) return {};
  return take_step(Step::release);
}

void Session::undo_write() {
  published_ = published_before_write_;
  spoiled_.reset();
  if (alone_ || transaction_lost()) return;
  // A failure here loses the transaction; transaction_lost() tells.
  static_cast<void>(take_step(Step::roll_back_to_savepoint));
}

Result<void> Session::commit() { return take_step(Step::commit); }

void Session::roll_back() {
  published_ = 0;
  spoiled_.reset();
  if (!transaction_lost()) static_cast<void>(take_step(Step::roll_back));
}

Result<void> Session::begin_read() {
  spoiled_.reset();
  TRY(take_step(Step::begin_read));
  reading_ = true;
  return {};
}

void Session::end_read() {
  reading_ = false;
  spoiled_.reset();
  if (!transaction_lost()) static_cast<void>(take_step(Step::end_read));
}

}  // namespace parvis::store
