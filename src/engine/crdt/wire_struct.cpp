#include "engine/crdt/wire_struct.h"

#include "engine/crdt/any.h"
#include "engine/crdt/text_units.h"

namespace parvis::crdt {
namespace {

constexpr uint8_t bit_origin = 0x80, bit_right_origin = 0x40, bit_key = 0x20, kind_mask = 0x1f;

bool valid_legacy_json(std::string_view text) { return text == "undefined" || valid_json(text); }

/// A peer that names a later unit of its own as origin would never be integrable.
bool refers_back(Id reference, Id own) {
  return reference.client != own.client || reference.clock < own.clock;
}

template <class Decoder>
void read_content(Decoder& decoder, WireStruct& out) {
  out.length = 1;
  switch (out.kind) {
    case Kind::gc:
    case Kind::deleted:
      out.length = decoder.length();
      return;
    case Kind::skip:
      out.length = decoder.rest().varuint();
      return;
    case Kind::json:
      out.length = decoder.length();
      out.body = decoder.json_elements(out.length);
      return;
    case Kind::binary:
      out.body = decoder.rest().varbytes();
      return;
    case Kind::string:
      out.text = decoder.text(out.length, out.ascii);
      return;
    case Kind::embed:
      out.body = decoder.value(out.form);
      return;
    case Kind::format:
      out.name = decoder.key();
      out.body = decoder.value(out.form);
      return;
    case Kind::type: {
      uint64_t type_ref = decoder.type_ref();
      if (type_ref >= type_ref_count) return decoder.rest().fail();
      out.type_ref = static_cast<uint8_t>(type_ref);
      if (type_has_name(out.type_ref)) out.name = decoder.key();
      return;
    }
    case Kind::any:
    case Kind::document: {
      if (out.kind == Kind::any) out.length = decoder.length();
      if (out.kind == Kind::document) out.name = decoder.string();
      const uint8_t* start = decoder.rest().position();
      for (uint64_t count = out.length; count > 0 && !decoder.rest().failed(); --count)
        skip_any(decoder.rest());
      if (decoder.rest().failed()) return;
      out.body = ByteView(start, decoder.rest().position());
    }
  }
}

}  // namespace

std::string_view DecoderV1::text(uint64_t& units, bool& ascii) {
  std::string_view content = rest_.varstring();
  if (!measure_utf8(content, units)) rest_.fail();
  ascii = units == content.size();
  return content;
}

std::string_view DecoderV1::checked_string() {
  uint64_t units;
  bool ascii;
  return text(units, ascii);
}

ByteView DecoderV1::json_elements(uint64_t count) {
  const uint8_t* start = rest_.position();
  for (; count > 0 && !rest_.failed(); --count)
    if (!valid_legacy_json(checked_string())) rest_.fail();
  return rest_.failed() ? ByteView{} : ByteView(start, rest_.position());
}

ByteView DecoderV1::value(ValueForm& form) {
  form = ValueForm::json;
  std::string_view json = rest_.varstring();
  if (!valid_json(json)) rest_.fail();
  return as_bytes(json);
}

DecoderV2::DecoderV2(ByteView update) : rest_(update) {
  if (rest_.varuint() != 0) rest_.fail();
  key_clock_ = DifferenceReader(rest_.varbytes());
  client_ = UintRunReader(rest_.varbytes());
  left_clock_ = DifferenceReader(rest_.varbytes());
  right_clock_ = DifferenceReader(rest_.varbytes());
  info_ = RleReader(rest_.varbytes());
  strings_ = StringReader(rest_.varbytes());
  parent_info_ = RleReader(rest_.varbytes());
  type_ref_ = UintRunReader(rest_.varbytes());
  length_ = UintRunReader(rest_.varbytes());
}

std::string_view DecoderV2::key() {
  uint64_t index = key_clock_.read();
  if (index < keys_.size()) return keys_[static_cast<size_t>(index)];
  return keys_.emplace_back(string());
}

std::string_view DecoderV2::string() {
  uint64_t units;
  bool ascii;
  std::string_view view = strings_.read(units, ascii);
  if (!ascii && has_surrogates(view)) {
    // Names are compared as text: half a pair in one becomes U+FFFD at once.
    Bytes& copy = built_.emplace_back(as_bytes(view).begin(), as_bytes(view).end());
    replace_surrogates(copy.data(), copy.size());
    return as_text(copy);
  }
  return view;
}

ByteView DecoderV2::json_elements(uint64_t count) {
  Bytes& body = built_.emplace_back();
  Writer writer(body);
  for (; count > 0 && !failed(); --count) {
    std::string_view element = string();
    if (!valid_legacy_json(element)) rest_.fail();
    writer.varstring(element);
  }
  return body;
}

ByteView DecoderV2::value(ValueForm& form) {
  form = ValueForm::any;
  const uint8_t* start = rest_.position();
  skip_any(rest_);
  return rest_.failed() ? ByteView{} : ByteView(start, rest_.position());
}

void EncoderV1::text(std::string_view text, uint64_t, bool ascii) {
  rest_.varuint(text.size());
  size_t start = rest_.out().size();
  rest_.bytes(as_bytes(text));
  if (!ascii) replace_surrogates(rest_.out().data() + start, text.size());
}

void EncoderV1::json_elements(ByteView elements, uint64_t) { rest_.bytes(elements); }

void EncoderV1::value(ByteView value, ValueForm form) {
  if (form == ValueForm::json) return rest_.varbytes(value);
  Reader reader(value);
  rest_.varstring(to_json(read_any(reader)));
}

void EncoderV2::string(std::string_view text) { strings_.write(text, units_of(text)); }

void EncoderV2::json_elements(ByteView elements, uint64_t count) {
  Reader reader(elements);
  for (; count > 0; --count) string(reader.varstring());
}

void EncoderV2::value(ByteView value, ValueForm form) {
  if (form == ValueForm::any) return rest_.bytes(value);
  auto parsed = parse_json(as_text(value));
  encode_any(parsed ? *parsed : Any(Null{}), rest_.out());
}

void EncoderV2::finish() {
  Writer writer(out_);
  writer.varuint(0);
  writer.varbytes(key_clock_.finish());
  writer.varbytes(client_.finish());
  writer.varbytes(left_clock_.finish());
  writer.varbytes(right_clock_.finish());
  writer.varbytes(info_.finish());
  Bytes strings;
  strings_.finish(strings);
  writer.varbytes(strings);
  writer.varbytes(parent_info_.finish());
  writer.varbytes(type_ref_.finish());
  writer.varbytes(length_.finish());
  writer.bytes(rest_bytes_);
}

template <class Decoder>
bool read_struct(Decoder& decoder, Id id, WireStruct& out) {
  uint8_t info = decoder.info();
  uint8_t kind = info & kind_mask;
  if (kind > static_cast<uint8_t>(Kind::skip)) return false;
  out.kind = static_cast<Kind>(kind);
  out.id = id;
  out.has_origin = out.has_right_origin = out.has_key = false;
  out.parent = WireStruct::Parent::none;
  if (out.kind != Kind::gc && out.kind != Kind::skip) {
    if (info & bit_origin) {
      out.has_origin = true;
      out.origin = decoder.left_id();
      if (!refers_back(out.origin, id)) return false;
    }
    if (info & bit_right_origin) {
      out.has_right_origin = true;
      out.right_origin = decoder.right_id();
      if (!refers_back(out.right_origin, id)) return false;
    }
    if (!out.has_origin && !out.has_right_origin) {
      if (decoder.parent_is_root()) {
        out.parent = WireStruct::Parent::root;
        out.root = decoder.string();
      } else {
        out.parent = WireStruct::Parent::id;
        out.parent_id = decoder.left_id();
        if (!refers_back(out.parent_id, id)) return false;
      }
      if (info & bit_key) {
        out.has_key = true;
        out.key = decoder.string();
      }
    }
  }
  read_content(decoder, out);
  // Nothing has length zero in an update Yjs wrote; accepting it would leave structs that cover no clock.
  return !decoder.failed() && out.length > 0 && out.length <= max_safe_integer - id.clock;
}
template bool read_struct(DecoderV1&, Id, WireStruct&);
template bool read_struct(DecoderV2&, Id, WireStruct&);

template <class Encoder>
void write_struct(Encoder& encoder, const WireStruct& item) {
  auto kind = static_cast<uint8_t>(item.kind);
  if (item.kind == Kind::gc || item.kind == Kind::skip) {
    encoder.info(kind);
    if (item.kind == Kind::gc)
      encoder.length(item.length);
    else
      encoder.rest().varuint(item.length);
    return;
  }
  encoder.info(static_cast<uint8_t>(kind | (item.has_origin ? bit_origin : 0) |
                                    (item.has_right_origin ? bit_right_origin : 0) |
                                    (item.has_key ? bit_key : 0)));
  if (item.has_origin) encoder.left_id(item.origin);
  if (item.has_right_origin) encoder.right_id(item.right_origin);
  if (!item.has_origin && !item.has_right_origin) {
    bool root = item.parent == WireStruct::Parent::root;
    encoder.parent_is_root(root);
    if (root)
      encoder.string(item.root);
    else
      encoder.left_id(item.parent_id);
    if (item.has_key) encoder.string(item.key);
  }
  switch (item.kind) {
    case Kind::gc:
    case Kind::skip:
      break;
    case Kind::deleted:
      encoder.length(item.length);
      break;
    case Kind::json:
      encoder.length(item.length);
      encoder.json_elements(item.body, item.length);
      break;
    case Kind::binary:
      encoder.rest().varbytes(item.body);
      break;
    case Kind::string:
      encoder.text(item.text, item.length, item.ascii);
      break;
    case Kind::embed:
      encoder.value(item.body, item.form);
      break;
    case Kind::format:
      encoder.key(item.name);
      encoder.value(item.body, item.form);
      break;
    case Kind::type:
      encoder.type_ref(item.type_ref);
      if (type_has_name(item.type_ref)) encoder.key(item.name);
      break;
    case Kind::any:
      encoder.length(item.length);
      encoder.rest().bytes(item.body);
      break;
    case Kind::document:
      encoder.string(item.name);
      encoder.rest().bytes(item.body);
      break;
  }
}
template void write_struct(EncoderV1&, const WireStruct&);
template void write_struct(EncoderV2&, const WireStruct&);

size_t body_prefix(Kind kind, ByteView body, uint64_t count) {
  Reader reader(body);
  for (; count > 0; --count) {
    if (kind == Kind::json)
      reader.varbytes();
    else
      skip_any(reader);
  }
  return static_cast<size_t>(reader.position() - body.data());
}

void drop_front(WireStruct& item, uint64_t count, std::string& scratch) {
  if (count == 0) return;
  item.id.clock += count;
  item.length -= count;
  if (item.kind == Kind::gc || item.kind == Kind::skip) return;
  item.has_origin = true;
  item.origin = {item.id.client, item.id.clock - 1};
  item.parent = WireStruct::Parent::none;
  if (item.kind == Kind::json || item.kind == Kind::any) {
    item.body = item.body.subspan(body_prefix(item.kind, item.body, count));
  } else if (item.kind == Kind::string) {
    if (item.ascii) {
      item.text.remove_prefix(static_cast<size_t>(count));
      return;
    }
    UnitPosition cut = find_unit(item.text, count);
    item.text.remove_prefix(cut.byte);
    if (cut.inside_pair) {
      // The text may itself stand in `scratch`.
      std::string built = low_surrogate(item.text.substr(0, 4));
      built.append(item.text.substr(4));
      scratch = std::move(built);
      item.text = scratch;
    }
  }
}

}  // namespace parvis::crdt
