#pragma once
// A publisher's sequence numbers under those of one subscriber, who sees no gap where packets are left out.
// Costs nothing but an offset until the first is. One thread.
#include <algorithm>
#include <cstdint>
#include <memory>
#include <optional>
#include <span>

namespace parvis::sfu {

class SequenceMap {
 public:
  static constexpr size_t remembered = 512;  // packets left out or sent, for what comes late or is asked for

  struct Number {
    uint16_t sequence = 0;
    bool in_turn = true;          // none after it came before
    uint16_t picture_offset = 0;  // as it was; for what is not in turn
  };
  struct Original {
    uint16_t sequence = 0;
    uint16_t picture_offset = 0;  // only when something was left out
    std::optional<bool> marker;   // as it was sent; else as it came
  };

  /// The encoding that begins with `original` goes on as `sequence`.
  void begin(uint16_t original, uint16_t sequence) {
    offset_ = static_cast<uint16_t>(sequence - original);
    began_ = original;
    highest_ = static_cast<uint16_t>(original - 1);
    since_ = 0;
    slots_.reset();
  }
  bool in_turn(uint16_t original) const { return static_cast<int16_t>(original - highest_) > 0; }

  /// The subscriber's number of a packet that is sent; nothing when it is from before the encoding began, or
  /// was left out.
  std::optional<Number> number(uint16_t original, uint16_t picture_offset = 0) {
    if (in_turn(original)) {
      advance(original, picture_offset);
      if (slots_) slot(original) = {original, at(original), picture_offset, State::sent};
      return Number{at(original), true, picture_offset};
    }
    if (before(original)) return std::nullopt;
    if (!slots_) return Number{at(original), false, picture_offset};
    Slot& found = slot(original);
    if (found.original != original || (found.state != State::sent && found.state != State::missing))
      return std::nullopt;
    found.state = State::sent;
    return Number{found.sequence, false, found.picture_offset};
  }
  bool leaves_out() const { return slots_ != nullptr; }
  void mark(uint16_t original, bool marker) {
    if (!slots_) return;
    Slot& found = slot(original);
    if (found.original == original) found.marker = marker ? Marker::set : Marker::clear;
  }
  /// A packet is left out. When a number was already kept for it, that number: the subscriber waits for it.
  std::optional<uint16_t> leave_out(uint16_t original, uint16_t picture_offset = 0) {
    if (!slots_) remember(picture_offset);
    if (in_turn(original)) {
      advance(original, picture_offset);
      slot(original) = {original, 0, 0, State::left_out};
      --offset_;
      return std::nullopt;
    }
    Slot& found = slot(original);
    if (before(original) || found.original != original || found.state != State::missing) return std::nullopt;
    found.state = State::left_out;
    return found.sequence;
  }
  /// What the subscriber knows as `sequence`.
  std::optional<Original> original(uint16_t sequence) const {
    if (!slots_) {
      auto out = static_cast<uint16_t>(sequence - offset_);
      if (before(out)) return std::nullopt;
      return Original{.sequence = out, .picture_offset = 0, .marker = {}};
    }
    for (const Slot& one : std::span(slots_.get(), remembered)) {
      if (one.state != State::sent || one.sequence != sequence) continue;
      Original out{.sequence = one.original, .picture_offset = one.picture_offset, .marker = {}};
      if (one.marker != Marker::as_it_came) out.marker = one.marker == Marker::set;
      return out;
    }
    return std::nullopt;
  }

 private:
  enum class State : uint8_t { none, sent, missing, left_out };
  enum class Marker : uint8_t { as_it_came, clear, set };
  struct Slot {
    uint16_t original = 0, sequence = 0, picture_offset = 0;
    State state = State::none;
    Marker marker = Marker::as_it_came;
  };
  /// Beyond it every number is of this encoding.
  static constexpr uint32_t long_since = 10'000;

  uint16_t at(uint16_t original) const { return static_cast<uint16_t>(original + offset_); }
  bool before(uint16_t original) const {
    return since_ < long_since && static_cast<int16_t>(original - began_) < 0;
  }
  Slot& slot(uint16_t original) { return slots_[original % remembered]; }
  /// Numbers are kept for what is missing: whether it would be left out is not known yet.
  void advance(uint16_t original, uint16_t picture_offset) {
    auto step = static_cast<uint16_t>(original - highest_);
    since_ = std::min(since_ + step, long_since);
    if (slots_) {
      for (size_t back = std::min<size_t>(step, remembered) - 1; back > 0; --back) {
        auto one = static_cast<uint16_t>(original - back);
        slot(one) = {one, at(one), picture_offset, State::missing};
      }
    }
    highest_ = original;
  }
  void remember(uint16_t picture_offset) {
    slots_ = std::make_unique<Slot[]>(remembered);
    for (size_t back = remembered; back-- > 0;) {
      auto one = static_cast<uint16_t>(highest_ - back);
      if (!before(one)) slot(one) = {one, at(one), picture_offset, State::sent};
    }
  }

  uint16_t offset_ = 0, began_ = 0, highest_ = 0;
  uint32_t since_ = 0;  // packets
  std::unique_ptr<Slot[]> slots_;
};

}  // namespace parvis::sfu
