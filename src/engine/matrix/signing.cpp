#include "engine/matrix/signing.h"

#include "base/bytes.h"
#include "engine/matrix/canonical_object.h"
#include "engine/matrix/redaction.h"

namespace parvis::matrix {
namespace {

constexpr std::string_view not_signed[] = {"signatures", "unsigned"};

std::string quoted_inside(std::string_view text) {
  std::string out;
  append_canonical_string(out, text);
  return out.substr(1, out.size() - 2);
}

std::string add_signature(std::string_view object, std::string_view entity, std::string_view key_id,
                          const Signature& signature) {
  auto signatures = member_of(object, "signatures");
  if (!signatures.starts_with('{')) signatures = "{}";
  auto entity_key = quoted_inside(entity);
  auto of_entity = member_of(signatures, entity_key);
  if (!of_entity.starts_with('{')) of_entity = "{}";
  std::string value = "\"" + to_base64(signature, Base64::standard_unpadded) + "\"";
  auto entry = with_member(of_entity, quoted_inside(key_id), value);
  return with_member(object, "signatures", with_member(signatures, entity_key, entry));
}

}  // namespace

std::string sign_json(std::string_view canonical_object, std::string_view entity, const SigningKey& key) {
  auto signature = key.sign(without_members(canonical_object, not_signed));
  return add_signature(canonical_object, entity, key.key_id(), signature);
}

bool verify_json(std::string_view canonical_object, std::string_view entity, std::string_view key_id,
                 const PublicKey& key) {
  auto of_entity = member_of(member_of(canonical_object, "signatures"), quoted_inside(entity));
  auto text = decode_string(member_of(of_entity, quoted_inside(key_id)));
  Signature signature;
  if (!text || !decode_signature(*text, signature)) return false;
  return verify_signature(key, without_members(canonical_object, not_signed), signature);
}

std::string sign_event(RoomVersion version, std::string_view canonical_pdu, std::string_view server,
                       const SigningKey& key) {
  auto signature = key.sign(without_members(redact(version, canonical_pdu), not_signed));
  return add_signature(canonical_pdu, server, key.key_id(), signature);
}

bool verify_event(RoomVersion version, std::string_view canonical_pdu, std::string_view server,
                  std::string_view key_id, const PublicKey& key) {
  return verify_json(redact(version, canonical_pdu), server, key_id, key);
}

}  // namespace parvis::matrix
