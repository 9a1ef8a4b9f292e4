#pragma once
// A person is one, whatever their addresses, posts and administrations become. Plain data; owned by People.
#include <string>
#include <vector>

#include "base/id.h"

namespace parvis {

enum class PersonKind : uint8_t { agent, external };
enum class PersonState : uint8_t { invited, active, suspended, deactivated };
enum class InstanceRole : uint8_t { none, administrator, auditor };

struct Administration {
  AdministrationId id;
  std::string name;                  // "Ministère de la Transition écologique"
  std::string short_name;            // "MTE"
  std::vector<std::string> domains;  // e-mail domains, lower case; "beta.gouv.fr" also covers its sub-domains
};

struct Person {
  PersonId id;
  std::string handle;        // Matrix localpart, immutable: "claire.vasseur-mte.example.fr"
  std::string email;         // lower case, unique; may change
  std::string display_name;  // "Claire Vasseur"
  std::string given_name, family_name;
  std::string title;  // post: "Cheffe de projet"
  std::string phone;
  AdministrationId administration;  // empty for externals
  PersonKind kind = PersonKind::agent;
  PersonState state = PersonState::active;
  InstanceRole instance_role = InstanceRole::none;
  std::string language = "fr";  // "fr" or "en"
  bool hidden = false;          // red list: absent from the directory (TCH-08)
  Instant created_at;
};

}  // namespace parvis
