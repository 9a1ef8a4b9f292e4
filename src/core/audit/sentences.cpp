#include "base/json.h"
#include "core/audit/audit.h"
#include "core/people/people.h"
#include "core/spaces/spaces.h"

namespace parvis {
namespace {

struct Sentence {
  std::string_view kind;
  Text text;  // {a}: who acted, {s}: the thing or person, {e}: the space, {k}: the key
};

constexpr Sentence sentences[] = {
    {"person.created", {"{a} a créé le compte de {s}.", "{a} created the account of {s}."}},
    {"person.invited", {"{a} a invité {s} à ouvrir un compte.", "{a} invited {s} to open an account."}},
    {"person.joined", {"{s} a ouvert son compte sur invitation.", "{s} opened their account by invitation."}},
    {"person.changed", {"{a} a modifié la fiche de {s}.", "{a} changed the record of {s}."}},
    {"person.suspended", {"{a} a suspendu le compte de {s}.", "{a} suspended the account of {s}."}},
    {"person.reactivated", {"{a} a réactivé le compte de {s}.", "{a} reactivated the account of {s}."}},
    {"person.deactivated", {"{a} a fermé le compte de {s}.", "{a} closed the account of {s}."}},
    {"person.instance_role_changed",
     {"{a} a changé les droits d’administration de {s}.", "{a} changed the administration rights of {s}."}},
    {"person.password_changed", {"{a} a changé le mot de passe de {s}.", "{a} changed the password of {s}."}},
    {"administration.created", {"{a} a ajouté l’administration {s}.", "{a} added the administration {s}."}},
    {"administration.changed",
     {"{a} a modifié l’administration {s}.", "{a} changed the administration {s}."}},
    {"session.opened", {"{a} s’est connecté·e.", "{a} signed in."}},
    {"session.ended", {"{a} a fermé une session.", "{a} ended a session."}},
    {"space.created", {"{a} a créé l’espace {e}.", "{a} created the space {e}."}},
    {"space.requested",
     {"{a} a demandé la création de la communauté {e}.", "{a} asked for the community {e}."}},
    {"space.approved", {"{a} a approuvé la communauté {e}.", "{a} approved the community {e}."}},
    {"space.refused", {"{a} a refusé la communauté {e}.", "{a} refused the community {e}."}},
    {"space.updated", {"{a} a modifié l’espace {e}.", "{a} changed the space {e}."}},
    {"space.opened_to_externals",
     {"{a} a ouvert l’espace {e} aux personnes externes.", "{a} opened the space {e} to external people."}},
    {"space.archived", {"{a} a archivé l’espace {e}.", "{a} archived the space {e}."}},
    {"space.restored", {"{a} a rouvert l’espace {e}.", "{a} reopened the space {e}."}},
    {"space.handed_over", {"{a} a confié l’espace {e} à {s}.", "{a} handed the space {e} over to {s}."}},
    {"space.joined", {"{s} a rejoint l’espace {e}.", "{s} joined the space {e}."}},
    {"space.join_requested", {"{s} a demandé à rejoindre l’espace {e}.", "{s} asked to join the space {e}."}},
    {"space.request_withdrawn",
     {"{s} a retiré sa demande pour l’espace {e}.", "{s} withdrew their request for the space {e}."}},
    {"space.request_accepted",
     {"{a} a accepté {s} dans l’espace {e}.", "{a} accepted {s} in the space {e}."}},
    {"space.request_refused",
     {"{a} a refusé la demande de {s} pour l’espace {e}.",
      "{a} refused the request of {s} for the space {e}."}},
    {"space.member_added", {"{a} a ajouté {s} à l’espace {e}.", "{a} added {s} to the space {e}."}},
    {"space.role_changed",
     {"{a} a changé le rôle de {s} dans l’espace {e}.", "{a} changed the role of {s} in the space {e}."}},
    {"space.member_removed", {"{a} a retiré {s} de l’espace {e}.", "{a} removed {s} from the space {e}."}},
    {"space.left", {"{s} a quitté l’espace {e}.", "{s} left the space {e}."}},
    {"file.added", {"{a} a déposé un fichier dans l’espace {e}.", "{a} added a file to the space {e}."}},
    {"file.deleted",
     {"{a} a mis un fichier à la corbeille dans l’espace {e}.",
      "{a} put a file of the space {e} in the trash."}},
    {"file.restored",
     {"{a} a restauré un fichier de l’espace {e}.", "{a} restored a file of the space {e}."}},
    {"meeting.created",
     {"{a} a ouvert une salle de réunion dans l’espace {e}.", "{a} opened a meeting room in the space {e}."}},
    {"meeting.changed",
     {"{a} a changé les réglages d’une réunion de l’espace {e}.",
      "{a} changed the settings of a meeting of the space {e}."}},
    {"meeting.removed",
     {"{a} a fait sortir une personne d’une réunion de l’espace {e}.",
      "{a} removed somebody from a meeting of the space {e}."}},
    {"meeting.barred",
     {"{a} a exclu une personne d’une réunion de l’espace {e}.",
      "{a} excluded somebody from a meeting of the space {e}."}},
    {"meeting.unbarred",
     {"{a} a levé l’exclusion d’une réunion de l’espace {e}.",
      "{a} lifted an exclusion from a meeting of the space {e}."}},
    {"meeting.host_made",
     {"{a} a changé les animateurs d’une réunion de l’espace {e}.",
      "{a} changed the hosts of a meeting of the space {e}."}},
    {"meeting.poll_opened",
     {"{a} a ouvert un sondage dans une réunion de l’espace {e}.",
      "{a} opened a poll in a meeting of the space {e}."}},
    {"meeting.poll_closed",
     {"{a} a clos un sondage dans une réunion de l’espace {e}.",
      "{a} closed a poll in a meeting of the space {e}."}},
    {"meeting.breakouts_opened",
     {"{a} a réparti en groupes une réunion de l’espace {e}.",
      "{a} divided a meeting of the space {e} into groups."}},
    {"meeting.breakouts_closed",
     {"{a} a réuni les groupes d’une réunion de l’espace {e}.",
      "{a} brought together the groups of a meeting of the space {e}."}},
    {"meeting.ended",
     {"{a} a mis fin à une réunion de l’espace {e}.", "{a} ended a meeting of the space {e}."}},
    {"meeting_key.made",
     {"{a} a créé la clé d’automatisation « {k} ».", "{a} made the automation key “{k}”."}},
    {"meeting_key.changed",
     {"{a} a modifié la clé d’automatisation « {k} ».", "{a} changed the automation key “{k}”."}},
    {"meeting_key.revoked",
     {"{a} a révoqué la clé d’automatisation « {k} ».", "{a} revoked the automation key “{k}”."}},
    {"meeting.room_opened",
     {"{a} a ouvert une réunion de l’espace {e}.", "{a} opened a meeting of the space {e}."}},
    {"meeting.room_changed",
     {"{a} a changé l’état d’une réunion de l’espace {e}.",
      "{a} changed the state of a meeting of the space {e}."}},
    {"meeting.muted",
     {"{a} a coupé un micro ou une caméra dans une réunion de l’espace {e}.",
      "{a} muted a microphone or camera in a meeting of the space {e}."}},
    {"meeting.participant_changed",
     {"{a} a changé ce qu’un participant d’une réunion de l’espace {e} peut faire ou recevoir.",
      "{a} changed what a participant of a meeting of the space {e} may do or receive."}},
    {"meeting.data_sent",
     {"{a} a envoyé un message dans une réunion de l’espace {e}.",
      "{a} sent a message into a meeting of the space {e}."}},
    {"meeting.moved",
     {"{a} a déplacé un participant d’une réunion de l’espace {e} vers une autre.",
      "{a} moved a participant of a meeting of the space {e} to another."}},
    {"document.created",
     {"{a} a créé un document dans l’espace {e}.", "{a} created a document in the space {e}."}},
    {"document.changed",
     {"{a} a renommé ou déplacé un document de l’espace {e}.",
      "{a} renamed or moved a document of the space {e}."}},
    {"document.deleted",
     {"{a} a mis un document à la corbeille dans l’espace {e}.",
      "{a} put a document of the space {e} in the trash."}},
    {"document.restored",
     {"{a} a restauré un document de l’espace {e}.", "{a} restored a document of the space {e}."}},
    {"document.version_made",
     {"{a} a nommé une version d’un document de l’espace {e}.",
      "{a} named a version of a document of the space {e}."}},
    {"document.version_frozen",
     {"{a} a figé une version d’un document de l’espace {e}.",
      "{a} froze a version of a document of the space {e}."}},
    {"document.version_restored",
     {"{a} a rétabli une version d’un document de l’espace {e}.",
      "{a} brought back a version of a document of the space {e}."}},
    {"document.thread_opened",
     {"{a} a commenté un document de l’espace {e}.", "{a} commented on a document of the space {e}."}},
    {"document.thread_replied",
     {"{a} a répondu à un commentaire dans l’espace {e}.", "{a} replied to a comment in the space {e}."}},
    {"document.thread_resolved",
     {"{a} a réglé une discussion dans l’espace {e}.", "{a} settled a discussion in the space {e}."}},
    {"document.thread_reopened",
     {"{a} a rouvert une discussion dans l’espace {e}.", "{a} reopened a discussion in the space {e}."}},
    {"document.thread_deleted",
     {"{a} a supprimé son commentaire dans l’espace {e}.", "{a} deleted their comment in the space {e}."}},
    {"document.suggestion_accepted",
     {"{a} a accepté une suggestion dans l’espace {e}.", "{a} accepted a suggestion in the space {e}."}},
    {"document.suggestion_refused",
     {"{a} a refusé une suggestion dans l’espace {e}.", "{a} refused a suggestion in the space {e}."}},
    {"network_policy.changed",
     {"{a} a changé la politique réseau (version {s}).", "{a} changed the network policy (version {s})."}},
    {"network_policy.overridden",
     {"{a} a passé outre la politique réseau, pour une urgence, dans l’espace {e}.",
      "{a} went beyond the network policy, for an urgency, in the space {e}."}},
    {"room.created", {"{a} a créé un salon dans l’espace {e}.", "{a} created a room in the space {e}."}},
};

std::string name_of(std::string_view id, const People& people, const Spaces& spaces) {
  if (auto person = PersonId::parse(id)) {
    if (auto* known = people.find(*person)) return known->display_name;
  }
  if (auto space = SpaceId::parse(id)) {
    if (auto* known = spaces.find(*space)) return known->name;
  }
  if (auto administration = AdministrationId::parse(id)) {
    if (auto* known = people.administration(*administration)) return known->short_name;
  }
  return std::string(id);
}

/// Of a key for automation, where one is concerned.
std::string key_name(const AuditEntry& entry) {
  auto payload = json::parse(entry.payload);
  return payload ? std::string(json::text(*payload, "key").value_or("")) : std::string();
}

}  // namespace

std::string audit_sentence(const AuditEntry& entry, const People& people, const Spaces& spaces,
                           Language language) {
  Text pattern{"{a} : {k} {s}", "{a}: {k} {s}"};
  for (auto& sentence : sentences) {
    if (sentence.kind == entry.kind) pattern = sentence.text;
  }
  Text house{"L’instance", "The instance"};
  auto key = key_name(entry);
  std::string out;
  std::string_view text = pattern.in(language);
  for (size_t i = 0; i < text.size(); ++i) {
    if (text[i] != '{') {
      out += text[i];
      continue;
    }
    switch (text[i + 1]) {
      case 'a':
        if (entry.actor.starts_with("key:")) {
          out += Text{"La clé d’automatisation « ", "The automation key “"}.in(language);
          out += key + std::string(Text{" »", "”"}.in(language));
        } else {
          out += entry.actor.empty() ? std::string(house.in(language)) : name_of(entry.actor, people, spaces);
        }
        break;
      case 'k':
        out += key.empty() ? entry.kind : key;
        break;
      case 's':
        out += name_of(entry.subject, people, spaces);
        break;
      case 'e':
        out += name_of(entry.space.empty() ? entry.subject : entry.space, people, spaces);
        break;
      default:
        out += entry.kind;
        break;
    }
    i += 2;
  }
  return out;
}

}  // namespace parvis
