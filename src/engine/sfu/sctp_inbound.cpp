#include "engine/sfu/sctp_inbound.h"

#include <algorithm>

namespace parvis::sfu::sctp {

Inbound::Inbound(size_t window, size_t message_bytes, uint16_t streams, uint32_t initial_tsn)
    : window_(window), message_bytes_(message_bytes), max_streams_(streams), cumulative_(initial_tsn - 1) {}

bool Inbound::Run::continued_by(const Run& next) const {
  return stream == next.stream && unordered == next.unordered && (unordered || sequence == next.sequence);
}

void Inbound::Run::append(Run&& next) {
  last = next.last;
  end = next.end;
  bytes += next.bytes;
  cost += next.cost;
  if (fragments.size() >= next.fragments.size()) {
    for (auto& fragment : next.fragments) fragments.push_back(std::move(fragment));
    return;
  }
  for (auto fragment = fragments.rbegin(); fragment != fragments.rend(); ++fragment)
    next.fragments.push_front(std::move(*fragment));
  fragments = std::move(next.fragments);
}

bool Inbound::seen(uint32_t tsn) const {
  if (!later(tsn, cumulative_)) return true;
  return std::ranges::any_of(
      ranges_, [&](const Range& range) { return !later(range.first, tsn) && !later(tsn, range.last); });
}

/// False: one gap too many.
bool Inbound::mark(uint32_t tsn) {
  if (tsn == cumulative_ + 1) {
    advance(tsn);
    return true;
  }
  // The first range that ends right before it, or after it.
  auto range = std::ranges::find_if(ranges_, [&](const Range& r) { return !later(tsn - 1, r.last); });
  bool after = range != ranges_.end() && range->last == tsn - 1;
  auto next = after ? range + 1 : range;
  bool before = next != ranges_.end() && next->first == tsn + 1;
  if (after && before) {
    range->last = next->last;
    ranges_.erase(next);
  } else if (after) {
    range->last = tsn;
  } else if (before) {
    next->first = tsn;
  } else {
    if (ranges_.size() == max_ranges) return false;
    ranges_.insert(range, {tsn, tsn});
  }
  return true;
}

void Inbound::advance(uint32_t cumulative) {
  cumulative_ = cumulative;
  size_t passed = 0;
  while (passed < ranges_.size() && !later(ranges_[passed].first, cumulative_ + 1)) {
    if (later(ranges_[passed].last, cumulative_)) cumulative_ = ranges_[passed].last;
    ++passed;
  }
  ranges_.erase(ranges_.begin(), ranges_.begin() + static_cast<ptrdiff_t>(passed));
}

Inbound::Verdict Inbound::receive(const Data& data) {
  if (data.payload.empty() || data.stream >= max_streams_) return Verdict::violation;
  if (seen(data.tsn)) {
    if (duplicates_.size() < max_duplicates) duplicates_.push_back(data.tsn);
    return Verdict::duplicate;
  }
  if (data.tsn - cumulative_ > max_ahead) return Verdict::dropped;
  // What fills the lowest gap is always taken: it is what frees the rest.
  bool lowest = data.tsn == cumulative_ + 1;
  size_t capacity = lowest ? window_ + 2 * message_bytes_ : window_;
  if (held_bytes_ + data.payload.size() + fragment_cost > capacity) return Verdict::dropped;
  if (!mark(data.tsn)) return Verdict::dropped;
  Verdict verdict = assemble(data);
  drop_dead_runs();
  return verdict;
}

Inbound::Verdict Inbound::assemble(const Data& data) {
  Run run{.last = data.tsn,
          .stream = data.stream,
          .sequence = data.sequence,
          .protocol = data.protocol,
          .unordered = data.unordered,
          .begin = data.begin,
          .end = data.end};
  run.fragments.emplace_back(data.payload.begin(), data.payload.end());
  run.bytes = data.payload.size();
  run.cost = run.bytes + fragment_cost;
  held_bytes_ += run.cost;
  uint32_t first = data.tsn;
  auto next = runs_.empty() ? runs_.end() : runs_.lower_bound(data.tsn);
  if (!run.begin && next != runs_.begin()) {
    auto before = std::prev(next);
    if (before->second.last == data.tsn - 1 && !before->second.end) {
      if (!before->second.continued_by(run)) return Verdict::violation;
      first = before->first;
      before->second.append(std::move(run));
      run = std::move(before->second);
      runs_.erase(before);
    }
  }
  if (!run.end && next != runs_.end() && next->first == data.tsn + 1 && !next->second.begin) {
    if (!run.continued_by(next->second)) return Verdict::violation;
    run.append(std::move(next->second));
    runs_.erase(next);
  }
  if (run.bytes > message_bytes_) return Verdict::violation;
  if (run.begin && run.end) {
    complete(std::move(run));
  } else {
    runs_.emplace(first, std::move(run));
  }
  return Verdict::taken;
}

void Inbound::complete(Run run) {
  Message message{run.stream, run.protocol, {}};
  if (run.fragments.size() == 1) {
    message.body = std::move(run.fragments.front());
  } else {
    message.body.reserve(run.bytes);
    for (const Bytes& fragment : run.fragments)
      message.body.insert(message.body.end(), fragment.begin(), fragment.end());
  }
  Stream* stream = run.unordered ? nullptr : &streams_[run.stream];
  if (stream && later(run.sequence, stream->expected)) {
    bool held = stream->held.try_emplace(run.sequence, Held{std::move(message), run.cost}).second;
    if (!held) held_bytes_ -= run.cost;
    return;
  }
  held_bytes_ -= run.cost;
  if (stream && run.sequence != stream->expected) return;  // skipped before it was complete
  ready_.push_back(std::move(message));
  if (!stream) return;
  ++stream->expected;
  deliver_held(*stream);
}

void Inbound::deliver_held(Stream& stream) {
  for (auto held = stream.held.find(stream.expected); held != stream.held.end();
       held = stream.held.find(stream.expected)) {
    held_bytes_ -= held->second.cost;
    ready_.push_back(std::move(held->second.message));
    stream.held.erase(held);
    ++stream.expected;
  }
}

void Inbound::forward(const ForwardTsn& forward) {
  if (!later(forward.cumulative, cumulative_)) return;
  advance(forward.cumulative);
  drop_dead_runs();
  for (const Skipped& skipped : forward.skipped) {
    if (skipped.stream >= max_streams_) continue;
    Stream& stream = streams_[skipped.stream];
    if (later(stream.expected, skipped.sequence)) continue;
    // Complete ones up to the skipped number are delivered, by their distance from the one expected.
    uint16_t span = static_cast<uint16_t>(skipped.sequence - stream.expected);
    std::vector<std::pair<uint16_t, uint16_t>> due;
    for (const auto& [sequence, held] : stream.held) {
      auto distance = static_cast<uint16_t>(sequence - stream.expected);
      if (distance <= span) due.emplace_back(distance, sequence);
    }
    std::ranges::sort(due);
    for (auto [distance, sequence] : due) {
      Held& held = stream.held[sequence];
      held_bytes_ -= held.cost;
      ready_.push_back(std::move(held.message));
      stream.held.erase(sequence);
    }
    stream.expected = static_cast<uint16_t>(skipped.sequence + 1);
    deliver_held(stream);
  }
}

/// Runs that a FORWARD TSN, or a peer's mistake, left without a neighbour that can still come.
void Inbound::drop_dead_runs() {
  while (!runs_.empty()) {
    auto& [first, run] = *runs_.begin();
    bool headless = !run.begin && !later(first - 1, cumulative_);
    bool cut = later(cumulative_, run.last);
    if (!headless && !cut) return;
    held_bytes_ -= run.cost;
    runs_.erase(runs_.begin());
  }
}

void Inbound::reset(const std::vector<uint16_t>& streams) {
  auto forget = [&](Stream& stream) {
    for (auto& [sequence, held] : stream.held) held_bytes_ -= held.cost;
    stream = {};
  };
  if (streams.empty()) {
    for (auto& [id, stream] : streams_) forget(stream);
  }
  for (uint16_t id : streams) {
    auto found = streams_.find(id);
    if (found != streams_.end()) forget(found->second);
  }
}

Sack Inbound::sack() {
  size_t window = held_bytes_ < window_ ? window_ - held_bytes_ : 0;
  return {cumulative_, static_cast<uint32_t>(window), ranges_, std::exchange(duplicates_, {})};
}

}  // namespace parvis::sfu::sctp
