#include "engine/crdt/columns.h"

#include "engine/crdt/text_units.h"

namespace parvis::crdt {

StringReader::StringReader(ByteView bytes) {
  Reader reader(bytes);
  text_ = reader.varstring();
  uint64_t units = 0;
  failed_ = !measure_utf8(text_, units) || reader.failed();
  all_ascii_ = units == text_.size();
  lengths_ = UintRunReader(reader.rest());
}

std::string_view StringReader::read(uint64_t& units, bool& ascii) {
  units = lengths_.read();
  if (all_ascii_) {
    ascii = true;
    if (units > text_.size() - at_) {
      failed_ = true;
      units = 0;
    }
    std::string_view view = text_.substr(at_, static_cast<size_t>(units));
    at_ += static_cast<size_t>(units);
    return view;
  }
  // Strings past the end of the joined text are cut short by a JavaScript reader; here they are refused.
  std::string_view rest = text_.substr(at_);
  uint64_t wanted = units + (inside_pair_ ? 1 : 0);
  UnitPosition end = find_unit(rest, wanted);
  std::string_view view = rest.substr(0, end.byte);
  if (!inside_pair_ && !end.inside_pair) {
    if (end.byte == rest.size() && units > rest.size()) failed_ = true;
    if (end.byte == rest.size() && units_of(view) != units) failed_ = true;
    ascii = view.size() == units;
    at_ += end.byte;
    return view;
  }
  ascii = false;
  if (units == 0) return {};
  std::string built;
  if (inside_pair_) {
    built = low_surrogate(view.substr(0, 4));
    view.remove_prefix(4);
  }
  built.append(view);
  if (end.inside_pair) built.append(high_surrogate(rest.substr(end.byte, 4)));
  if (units_of(built) != units) failed_ = true;
  inside_pair_ = end.inside_pair;
  at_ += end.byte;
  return cut_.emplace_back(std::move(built));
}

void StringWriter::append_text(std::string_view text) { append_units(text_, text); }

void StringWriter::finish(Bytes& out) {
  if (has_surrogates(text_)) replace_surrogates(reinterpret_cast<uint8_t*>(text_.data()), text_.size());
  Writer writer(out);
  writer.varstring(text_);
  writer.bytes(lengths_.finish());
}

}  // namespace parvis::crdt
