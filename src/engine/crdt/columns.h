#pragma once
// Column codecs of update format v2. Readers repeat the last run for ever once their bytes are used up, as
// the format asks (Rle) or as its reference does; reading from an empty column gives a failed reader.
// Internal.
#include <deque>
#include <string>
#include <string_view>

#include "engine/crdt/wire.h"

namespace parvis::crdt {

/// Run-length bytes: (value, run - 1) pairs; the last run has no count and never ends.
class RleReader {
 public:
  RleReader() = default;
  explicit RleReader(ByteView bytes) : reader_(bytes) {}
  uint8_t read() {
    if (left_ == 0) {
      value_ = reader_.byte();
      left_ = reader_.at_end() ? ~uint64_t{0} : reader_.varuint() + 1;
    }
    --left_;
    return value_;
  }
  bool failed() const { return reader_.failed(); }

 private:
  Reader reader_;
  uint64_t left_ = 0;
  uint8_t value_ = 0;
};

class RleWriter {
 public:
  void write(uint8_t value) {
    if (count_ > 0 && value == value_) {
      ++count_;
      return;
    }
    if (count_ > 0) Writer(out_).varuint(count_ - 1);
    count_ = 1;
    value_ = value;
    out_.push_back(value);
  }
  ByteView finish() { return out_; }

 private:
  Bytes out_;
  uint64_t count_ = 0;
  uint8_t value_ = 0;
};

/// Unsigned runs: a single value as +v, a longer run as -v (minus zero included) and its length - 2.
class UintRunReader {
 public:
  UintRunReader() = default;
  explicit UintRunReader(ByteView bytes) : reader_(bytes) {}
  uint64_t read() {
    if (left_ == 0) {
      SignedInt head = reader_.varint();
      value_ = head.magnitude;
      left_ = head.negative ? reader_.varuint() + 2 : 1;
    }
    --left_;
    return value_;
  }
  bool failed() const { return reader_.failed() || value_ > max_safe_integer; }

 private:
  Reader reader_;
  uint64_t left_ = 0;
  uint64_t value_ = 0;
};

class UintRunWriter {
 public:
  void write(uint64_t value) {
    if (value == value_) {
      ++count_;
      return;
    }
    flush();
    count_ = 1;
    value_ = value;
  }
  ByteView finish() {
    flush();
    count_ = 0;
    return out_;
  }

 private:
  void flush() {
    if (count_ == 0) return;
    Writer writer(out_);
    writer.varint({value_, count_ > 1});
    if (count_ > 1) writer.varuint(count_ - 2);
  }
  Bytes out_;
  uint64_t value_ = 0;
  uint64_t count_ = 0;
};

/// Differences in runs: difference * 2 + (has a length), then the length - 2. Values are taken modulo 2^64 so
/// that hostile differences stay defined; a result above 53 bits marks the column failed.
class DifferenceReader {
 public:
  DifferenceReader() = default;
  explicit DifferenceReader(ByteView bytes) : reader_(bytes) {}
  uint64_t read() {
    if (left_ == 0) {
      SignedInt head = reader_.varint();
      // Floor division by two of a sign-and-magnitude number.
      uint64_t half = head.negative ? ~uint64_t{0} - ((head.magnitude + 1) >> 1) + 1 : head.magnitude >> 1;
      difference_ = half;
      left_ = (head.magnitude & 1) ? reader_.varuint() + 2 : 1;
    }
    --left_;
    value_ += difference_;
    if (value_ > max_safe_integer) reader_.fail(), value_ = 0;
    return value_;
  }
  bool failed() const { return reader_.failed(); }

 private:
  Reader reader_;
  uint64_t left_ = 0;
  uint64_t difference_ = 0;
  uint64_t value_ = 0;
};

class DifferenceWriter {
 public:
  void write(uint64_t value) {
    int64_t difference = static_cast<int64_t>(value - value_);
    value_ = value;
    if (difference == difference_) {
      ++count_;
      return;
    }
    flush();
    count_ = 1;
    difference_ = difference;
  }
  ByteView finish() {
    flush();
    count_ = 0;
    return out_;
  }

 private:
  void flush() {
    if (count_ == 0) return;
    Writer writer(out_);
    int64_t body = difference_ * 2 + (count_ > 1 ? 1 : 0);
    writer.varint({static_cast<uint64_t>(body < 0 ? -body : body), body < 0});
    if (count_ > 1) writer.varuint(count_ - 2);
  }
  Bytes out_;
  int64_t difference_ = 0;
  uint64_t value_ = 0;
  uint64_t count_ = 0;
};

/// All strings joined, then their UTF-16 lengths. Views point into the update, or into a buffer of the reader
/// where a cut goes through a surrogate pair; they live as long as both.
class StringReader {
 public:
  StringReader() = default;
  explicit StringReader(ByteView bytes);
  /// `units` receives the UTF-16 length, `ascii` whether every byte is below 0x80.
  std::string_view read(uint64_t& units, bool& ascii);
  bool failed() const { return failed_ || lengths_.failed(); }

 private:
  std::string_view text_;
  UintRunReader lengths_;
  size_t at_ = 0;
  bool all_ascii_ = false;
  bool inside_pair_ = false;  // the high half at at_ is already given out
  bool failed_ = false;
  std::deque<std::string> cut_;
};

class StringWriter {
 public:
  void write(std::string_view text, uint64_t units) {
    append_text(text);
    lengths_.write(units);
  }
  /// Appends the finished column to `out`.
  void finish(Bytes& out);

 private:
  void append_text(std::string_view text);
  std::string text_;
  UintRunWriter lengths_;
};

}  // namespace parvis::crdt
